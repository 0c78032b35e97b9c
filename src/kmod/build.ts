import { spawn } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { copyFile, readdir, rename, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { RequestError } from '../base/errors.ts'
import { filesAt } from '../linux/files-at.ts'
import { isRelease, readRelease } from '../linux/kernel-config.ts'
import { buildFolder, headersFolder, MODULE } from '../linux/kmod-files.ts'
import { readText } from '../linux/read.ts'
import type { LocalSystem, System } from '../linux/system.ts'
import { refusalError } from '../refusal/error.ts'
import {
  headersRefusal,
  makeFailure,
  makeRefusal,
  noHeadersRefusal,
  otherKernelRefusal,
} from '../refusal/kmod-build.ts'
import { explainNoModules } from '../refusal/modules.ts'
import { quote } from '../text/refuse.ts'
import { makeWorkshop } from './build-folder.ts'
import { readModuleInfo } from './module-info.ts'
import { sourceFolder } from './source.ts'

export interface BuildOptions {
  /** The kernel to build for, as `uname -r` has it. */
  release: string
  /** Its headers or build tree. Default: /lib/modules/RELEASE/build. */
  headers?: string
  /** The folder that takes physmem.ko. Default: see `buildFolder`. */
  folder?: string
  /** Told what make prints, as it comes. */
  onOutput?: (text: string) => void
  /** The machine that it is built on. */
  system: LocalSystem
}

const WHAT = 'the kernel module cannot be built'

/**
 * Builds the module for a kernel, and returns the path of physmem.ko. Nothing of the system is changed
 * but that file, which is put in place as a whole. Rejects with a RefusedError (EBUILD) when headers,
 * make or the compiler are missing, the kernel that runs takes no modules, the headers are of another kernel, the folder cannot be written,
 * or the compiler fails; `data.output` is then what it printed; and with a RequestError for what can
 * be no release (ESYNTAX), for given headers that are none (ENOPLACE), and for a folder that is a
 * file, or whose name make would not understand (EUSAGE).
 */
export async function buildKmod(options: BuildOptions): Promise<string> {
  const { release, system } = options
  if (!isRelease(release)) {
    const message = `${quote(release)} is not the release of a kernel: expected what uname -r prints, such as 6.1.0-56-amd64`
    throw new RequestError('ESYNTAX', message, { input: release })
  }
  // For another kernel, or of a build tree that is given, it may be built all the same.
  const none = explainNoModules(system.now())
  if (
    none?.errno === 'ENOSYS' &&
    options.headers === undefined &&
    release === readRelease(system.files)
  ) {
    throw refusalError(WHAT, none.refusal)
  }
  const headers = checkHeaders(options)
  // make runs in another folder.
  const folder = resolve(options.folder ?? system.at(buildFolder(release)))
  const workshop = makeWorkshop(folder, WHAT)
  try {
    await copySource(workshop)
    await make(headers, workshop, options.onOutput ?? (() => {}), system.now())
    const built = join(workshop, `${MODULE}.ko`)
    checkRelease(release, headers, built, (file) => readModuleInfo(file)?.release)
    const file = join(folder, `${MODULE}.ko`)
    await rename(built, file)
    return file
  } finally {
    await rm(workshop, { recursive: true, force: true })
  }
}

/**
 * The folder must be a build tree, and of this kernel: make asks for no release, and would build the
 * module for the kernel that the tree is of.
 */
function checkHeaders({ release, headers, system }: BuildOptions): string {
  const folder = headers ?? system.at(headersFolder(release))
  const fault = headersFault(folder)
  if (fault !== undefined) {
    const refusal =
      headers === undefined
        ? headersRefusal(release, folder, system.now())
        : noHeadersRefusal(folder, fault, release)
    throw refusalError(WHAT, refusal)
  }
  checkRelease(release, folder, join(folder, 'include/generated/utsrelease.h'), headersRelease)
  return folder
}

function headersFault(folder: string): string | undefined {
  if (existsSync(join(folder, 'Makefile'))) return undefined
  if (!existsSync(folder)) return 'does not exist'
  return statSync(folder).isDirectory()
    ? 'is not a build tree of a kernel: it has no Makefile'
    : 'is a file, expected a folder'
}

/** What the module's vermagic will be. (include/config/kernel.release is another on Debian.) */
function headersRelease(file: string): string | undefined {
  return /^#define UTS_RELEASE "(.+)"$/m.exec(readText(filesAt(), file) ?? '')?.[1]
}

/**
 * Compares with the release that a file tells; where it gives none, there is nothing to compare.
 */
function checkRelease(
  release: string,
  headers: string,
  file: string,
  read: (file: string) => string | undefined,
): void {
  const found = read(file)
  if (found === undefined || found === release) return
  throw refusalError(WHAT, otherKernelRefusal(release, { headers, found, file }))
}

async function copySource(workshop: string): Promise<void> {
  const source = sourceFolder()
  const names = (await readdir(source)).filter((name) => /\.[ch]$|^Kbuild$/.test(name))
  for (const name of names) await copyFile(join(source, name), join(workshop, name))
}

async function make(
  headers: string,
  workshop: string,
  onOutput: (text: string) => void,
  system: System,
): Promise<void> {
  let output = ''
  const take = (text: string) => {
    output += text
    onOutput(text)
  }
  // Type information for BPF would need pahole and the kernel's vmlinux.
  const words = ['-C', headers, `M=${workshop}`, 'CONFIG_DEBUG_INFO_BTF_MODULES=', 'modules']
  const child = spawn('make', words, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, LC_ALL: 'C' },
  })
  child.stdout.setEncoding('utf8').on('data', take)
  child.stderr.setEncoding('utf8').on('data', take)
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') throw refusalError(WHAT, makeRefusal(system))
    throw error
  })
  if (code === 0) return
  throw refusalError(WHAT, makeFailure(lastError(output)), { output })
}

/** The line that says most: the first error of the compiler, or of make. */
function lastError(output: string): string {
  const lines = output.split('\n').map((line) => line.trim())
  const line =
    lines.find((one) => /\berror:|not found|No such file/.test(one)) ??
    lines.find((one) => one.includes('***')) ??
    lines.findLast((one) => one !== '')
  return line ?? 'it printed nothing'
}
