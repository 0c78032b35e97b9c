import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { copyFile, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { RefusedError, RequestError } from '../errors.ts'
import { refusalError } from '../refusal/error.ts'
import { headersRefusal, makeRefusal } from '../refusal/kmod-build.ts'
import { buildFolder, headersFolder, MODULE, sourceFolder } from './files.ts'

export interface BuildOptions {
  /** The kernel to build for, as `uname -r` has it. */
  release: string
  /** Its headers or build tree. Default: /lib/modules/RELEASE/build. */
  headers?: string
  /** The folder that takes physmem.ko. Default: see `buildFolder`. */
  folder?: string
  /** Told what make prints, as it comes. */
  onOutput?: (text: string) => void
  root?: string
}

const WHAT = 'the kernel module cannot be built'

/**
 * Builds the module for a kernel, and returns the path of physmem.ko. Nothing of the system is changed
 * but that file, which is put in place as a whole. Rejects with a RefusedError (EBUILD) when headers,
 * make or the compiler are missing, or the compiler fails; `data.output` is then what it printed; and
 * with a RequestError (EUSAGE) for a folder whose name make would not understand.
 */
export async function buildKmod(options: BuildOptions): Promise<string> {
  const { release, root = '/' } = options
  const { headers = headersFolder(release, root) } = options
  // make runs in another folder.
  const folder = resolve(options.folder ?? buildFolder(release, root))
  checkFolder(folder)
  if (!existsSync(join(headers, 'Makefile'))) {
    throw refusalError(WHAT, headersRefusal(release, headers, root))
  }
  await mkdir(folder, { recursive: true })
  // Beside its place, so that it can be renamed into it; and no other build is in the way.
  const workshop = await mkdtemp(join(folder, 'build-'))
  try {
    await copySource(workshop)
    await make(headers, workshop, options.onOutput ?? (() => {}), root)
    const file = join(folder, `${MODULE}.ko`)
    await rename(join(workshop, `${MODULE}.ko`), file)
    return file
  } finally {
    await rm(workshop, { recursive: true, force: true })
  }
}

/** What stands in M= goes through make and a shell, whose own characters it may not have. */
function checkFolder(folder: string): void {
  const other = /[^\p{L}\p{N}/._+@~-]/u.exec(folder)?.[0]
  if (other === undefined) return
  const message = `${WHAT} in ${folder}: make cannot take a folder with ${JSON.stringify(other)} in its name`
  throw new RequestError('EUSAGE', message, { cure: 'physmem kmod build --output FOLDER' })
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
  root: string,
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
    if (error.code === 'ENOENT') throw refusalError(WHAT, makeRefusal(root))
    throw error
  })
  if (code === 0) return
  throw new RefusedError('EBUILD', `${WHAT}: make failed: ${lastError(output)}`, {
    cure: 'see what it printed: physmem kmod build --verbose',
    output,
  })
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
