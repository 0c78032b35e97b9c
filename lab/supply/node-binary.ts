import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { archFacts, type GuestArch, hostArch } from './arch.ts'
import { cached, cachePath } from './cache.ts'
import { command } from './command.ts'
import type { ArchiveEntry } from './cpio.ts'
import { unpackNewest } from './packages.ts'

export type NodeMajor = 20 | 22 | 24 | 26

/** What a guest has: with none, nothing of physmem but what a test puts there runs in it. */
export type GuestNode = NodeMajor | 'none'

/** The oldest Node that physmem supports: what the guest gets unless told otherwise. */
export const defaultNodeMajor: NodeMajor = 20

const hostMajor = Number(process.versions.node.split('.')[0])

const nodeFolder = (arch: GuestArch, major: NodeMajor): string =>
  `node/${archFacts[arch].node}-${major}`

/** This process's own Node serves the guest when CPU and major version are the wanted ones. */
const isOwnNode = (arch: GuestArch, major: NodeMajor): boolean =>
  arch === hostArch && major === hostMajor

export function hasNode(arch: GuestArch, major: NodeMajor): boolean {
  return isOwnNode(arch, major) || existsSync(cachePath(nodeFolder(arch, major)))
}

/** The Node executable for a guest, from the npm registry's packages that hold nothing else. */
export async function ensureNode(arch: GuestArch, major: NodeMajor): Promise<string> {
  if (isOwnNode(arch, major)) return process.execPath
  const folder = await cached(nodeFolder(arch, major), async (temporary) => {
    await mkdir(temporary, { recursive: true })
    const downloads = await mkdtemp(`${temporary}.npm-`)
    try {
      // `npm pack` where `npm install` would refuse a package for another CPU.
      const name = `node-linux-${archFacts[arch].node}@${major}`
      await command('npm', ['pack', '--silent', '--pack-destination', downloads, name])
      const [archive] = await readdir(downloads)
      if (!archive) throw new Error(`npm pack ${name} gave no file`)
      await command('tar', ['-xzf', join(downloads, archive), '-C', downloads])
      await rename(join(downloads, 'package/bin/node'), join(temporary, 'node'))
    } finally {
      await rm(downloads, { recursive: true, force: true })
    }
  })
  return join(folder, 'node')
}

/** The shared libraries that Node needs, as this machine's own loader finds them. */
async function ownLibraries(node: string): Promise<ArchiveEntry[]> {
  const listing = (await command('ldd', [node])).toString()
  const paths = listing.split('\n').flatMap((line) => /(\/\S+) \(0x/.exec(line)?.[1] ?? [])
  return paths.map((path) => ({ path, source: path, mode: 0o755 }))
}

const libraryName = /^(ld-linux|lib(c|m|dl|pthread|rt|gcc_s|stdc\+\+|atomic))[-\w]*\.so\.\d+$/

/** The same for another CPU, from Debian's packages. */
async function foreignLibraries(arch: GuestArch): Promise<ArchiveEntry[]> {
  const { debian, triplet } = archFacts[arch]
  const folder = await cached(`libraries/${debian}`, (temporary) =>
    unpackNewest(['libc6', 'libstdc++6', 'libgcc-s1', 'libatomic1'], debian, temporary),
  )
  const found = new Map<string, string>()
  for (const name of [`lib/${triplet}`, `usr/lib/${triplet}`, 'lib64'].map((one) =>
    join(folder, one),
  )) {
    if (!existsSync(name)) continue
    for (const file of await readdir(name)) {
      if (libraryName.test(file) && !found.has(file)) found.set(file, join(name, file))
    }
  }
  const loader = arch === 'x86_64' ? '/lib64/' : '/lib/'
  return [...found].map(([file, source]) => ({
    path: `${basename(file).startsWith('ld-linux') ? loader : `/lib/${triplet}/`}${file}`,
    source,
    mode: 0o755,
  }))
}

/** Node and all that it needs to start, as archive members. */
export async function nodeEntries(arch: GuestArch, major: NodeMajor): Promise<ArchiveEntry[]> {
  const node = await ensureNode(arch, major)
  const libraries = arch === hostArch ? await ownLibraries(node) : await foreignLibraries(arch)
  return [{ path: '/usr/bin/node', source: node, mode: 0o755 }, ...libraries]
}
