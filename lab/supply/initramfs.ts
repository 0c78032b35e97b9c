import { createHash } from 'node:crypto'
import { copyFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { archFacts, type GuestArch } from './arch.ts'
import { cached } from './cache.ts'
import { type ArchiveEntry, appendArchive } from './cpio.ts'
import { forkServerEntries } from './fork-server.ts'
import type { KernelModule } from './kernel-modules.ts'
import { ensureNode, type GuestNode, nodeEntries } from './node-binary.ts'
import { unpackNewest } from './packages.ts'
import { productEntries } from './product.ts'
import { labFolder } from './repository.ts'
import { ensureRunner } from './runner.ts'

const baseLayout: readonly ArchiveEntry[] = [
  ...['/proc', '/sys', '/dev', '/tmp', '/root', '/mnt'].map(
    (path): ArchiveEntry => ({ path, folder: true }),
  ),
  { path: '/etc/passwd', content: 'root:x:0:0:root:/root:/bin/sh\n' },
  { path: '/etc/group', content: 'root:x:0:\n' },
]

async function busybox(arch: GuestArch): Promise<ArchiveEntry> {
  const { debian } = archFacts[arch]
  // The lab's own release is not for this CPU.
  const release = arch === 'riscv64' ? 'sid' : undefined
  const folder = await cached(`busybox/${debian}`, (temporary) =>
    unpackNewest(['busybox-static'], debian, temporary, release),
  )
  const source = join(folder, release ? 'usr/bin/busybox' : 'bin/busybox')
  return { path: '/bin/busybox', source, mode: 0o755 }
}

/** The part that is the same at every boot (busybox, Node, libraries), made once and kept. */
export async function ensureBase(arch: GuestArch, major: GuestNode): Promise<string> {
  const node = major === 'none' ? undefined : await stat(await ensureNode(arch, major))
  const facts = JSON.stringify([node?.size, node?.mtimeMs, baseLayout])
  const hash = createHash('sha256').update(facts).digest('hex').slice(0, 12)
  return cached(`base/${arch}-node${major}-${hash}.cpio`, async (temporary) => {
    await appendArchive(temporary, [
      ...baseLayout,
      await busybox(arch),
      ...(major === 'none' ? [] : await nodeEntries(arch, major)),
    ])
  })
}

export interface InitramfsOptions {
  readonly arch: GuestArch
  readonly nodeMajor: GuestNode
  /** In the order in which they are loaded. */
  readonly modules: readonly KernelModule[]
  readonly files: readonly ArchiveEntry[]
}

/** Writes the archive for one boot: the kept part, then the package as it is now. */
export async function writeInitramfs(path: string, options: InitramfsOptions): Promise<void> {
  const { arch, nodeMajor, modules, files } = options
  const loaded = modules.map(
    ({ name, content }, index): ArchiveEntry => ({
      path: `/lab/modules/${String(index).padStart(2, '0')}-${name}.ko`,
      content,
    }),
  )
  await copyFile(await ensureBase(arch, nodeMajor), path)
  await appendArchive(path, [
    { path: '/init', source: join(labFolder(), 'guest/init'), mode: 0o755 },
    { path: '/lab/runner', source: await ensureRunner(arch), mode: 0o755 },
    ...(nodeMajor === 'none' ? [] : await forkServerEntries(arch)),
    ...loaded,
    ...(nodeMajor === 'none' ? [] : await productEntries()),
    ...files,
  ])
}
