/** Headers of kernels that no machine of the lab runs: the oldest and the newest that Debian has. */
import { existsSync } from 'node:fs'
import { open, readdir, rename, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { archFacts, hostArch } from './arch.ts'
import { cached, cachePath } from './cache.ts'
import { relocateHeaders } from './headers.ts'
import { findPackage, type OtherRelease, unpackNewest, unpackPackages } from './packages.ts'

export interface OtherKernel {
  readonly release: OtherRelease
  /** Debian's name of the CPU. */
  readonly debian: string
  /** The metapackage: linux-headers-FLAVOUR. */
  readonly flavour: string
}

const ownDebian = (): string => {
  if (!hostArch) throw new Error(`no kernel's build programs run on ${process.arch}`)
  return archFacts[hostArch].debian
}

async function isProgram(path: string): Promise<boolean> {
  const facts = await stat(path)
  if (!facts.isFile() || !(facts.mode & 0o100)) return false
  const file = await open(path)
  try {
    const { buffer } = await file.read(Buffer.alloc(4), 0, 4, 0)
    return buffer.toString('latin1') === '\x7fELF'
  } finally {
    await file.close()
  }
}

/**
 * The kernel's build programs, each behind a script that runs it with the C library of its own
 * release: that of this machine may be too old for it.
 */
async function wrapPrograms(unpacked: string, final: string): Promise<void> {
  const libraries = 'libraries/usr/lib'
  await unpackNewest(
    ['libc6', 'libelf1t64', 'zlib1g', 'libzstd1'],
    ownDebian(),
    join(unpacked, 'libraries'),
    'sid',
  )
  const found = await readdir(join(unpacked, libraries), { recursive: true })
  const loader = found.find((path) => /-linux-gnu\/ld-linux-[^/]*\.so\.\d$/.test(path))
  if (!loader) throw new Error('libc6 has no ld-linux')
  const folder = join(final, libraries, loader.replace(/\/[^/]*$/, ''))
  for (const path of await readdir(join(unpacked, 'usr/lib'), { recursive: true })) {
    const program = join(unpacked, 'usr/lib', path)
    if (!path.startsWith('linux-kbuild-') || !(await isProgram(program))) continue
    await rename(program, `${program}.program`)
    const line = `exec ${join(final, libraries, loader)} --argv0 "$0" --library-path ${folder}`
    const script = `#!/bin/sh\n${line} ${join(final, 'usr/lib', path)}.program "$@"\n`
    await writeFile(program, script, { mode: 0o755 })
  }
}

async function fetchHeaders(kernel: OtherKernel, folder: string, final: string): Promise<void> {
  const { release, debian, flavour } = kernel
  const find = (name: string, cpu: string) => findPackage(name, cpu, undefined, release)
  const meta = await find(`linux-headers-${flavour}`, debian)
  const name = meta?.dependencies.find((one) => one.startsWith('linux-headers-'))
  const main = name ? await find(name, debian) : undefined
  const parts = main?.dependencies.filter((one) => /^linux-(headers|kbuild)-/.test(one)) ?? []
  const packages = [main]
  for (const part of parts) {
    packages.push(await find(part, part.startsWith('linux-kbuild-') ? ownDebian() : debian))
  }
  const known = packages.filter((one) => one !== undefined)
  if (known.length < 3) throw new Error(`Debian ${release} has no headers for ${flavour}`)
  await unpackPackages(known, folder)
  await relocateHeaders(folder, final)
  if (release === 'sid') await wrapPrograms(folder, final)
}

const folderOf = ({ release, debian }: OtherKernel): string => `headers/${release}-${debian}`

export const hasOtherHeaders = (kernel: OtherKernel): boolean =>
  existsSync(cachePath(folderOf(kernel)))

/** The folder to give to `make -C`. */
export async function ensureOtherHeaders(kernel: OtherKernel): Promise<string> {
  const folder = await cached(folderOf(kernel), (temporary) =>
    fetchHeaders(kernel, temporary, temporary.replace(/\.part-\d+$/, '')),
  )
  const source = join(folder, 'usr/src')
  const names = await readdir(source)
  const main = names.find((name) => /^linux-headers-/.test(name) && !name.endsWith('-common'))
  if (!main) throw new Error(`${folder} has no headers`)
  return join(source, main)
}
