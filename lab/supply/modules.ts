import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { copyFile, cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { archFacts, compilerFor, hostArch } from './arch.ts'
import { cached } from './cache.ts'
import { command } from './command.ts'
import { ensureHeaders } from './headers.ts'
import { dependenciesOf, type KernelModule } from './kernel-modules.ts'
import type { Kernel } from './kernels.ts'
import { moduleBuilt, targetOf } from './kmod-builds.ts'
import { labFolder, repositoryRoot } from './repository.ts'

export interface LabModule extends KernelModule {
  /** Modules of the kernel's package that must be loaded before. */
  readonly requires: readonly string[]
}

/** The module that is delivered lies in kmod/, those of the lab's own in lab/guest/modules. */
const sourceFolder = (name: string): string =>
  name === 'physmem' ? join(repositoryRoot(), 'kmod') : join(labFolder(), 'guest/modules', name)

export const isLabModule = (name: string): boolean =>
  existsSync(join(sourceFolder(name), 'Makefile'))

/** The names of all modules that are built here. */
export const labModules = async (): Promise<string[]> => [
  ...(await readdir(join(labFolder(), 'guest/modules'))),
  'physmem',
]

async function sourceHash(folder: string): Promise<string> {
  const hash = createHash('sha256')
  for (const file of (await readdir(folder)).sort()) {
    hash.update(file).update(await readFile(join(folder, file)))
  }
  return hash.digest('hex').slice(0, 12)
}

async function make(kernel: Kernel, folder: string): Promise<void> {
  const headers = await ensureHeaders(kernel)
  const { arch } = kernel
  const cross = arch === hostArch ? '' : `${archFacts[arch].triplet}-`
  await command('make', [
    ...['-C', headers, `M=${folder}`, `ARCH=${archFacts[arch].kernel}`, `CROSS_COMPILE=${cross}`],
    // The packages ask for the compiler of their own release, which may not be this machine's.
    ...[`CC=${arch === hostArch ? 'gcc' : compilerFor(arch)}`, 'KBUILD_MODPOST_WARN=0'],
    // BTF would need the kernel's vmlinux with symbols and pahole.
    'CONFIG_DEBUG_INFO_BTF_MODULES=',
    ...(kernel.makeFlags ?? []),
    'modules',
  ])
}

async function builtFile(kernel: Kernel, name: string): Promise<string> {
  const target = name === 'physmem' ? targetOf(kernel) : undefined
  if (target) return moduleBuilt(target)
  const source = sourceFolder(name)
  const key = `modules/${kernel.arch}-${kernel.release}-${name}-${await sourceHash(source)}.ko`
  return cached(key, async (temporary) => {
    const folder = await mkdtemp(join(tmpdir(), 'physmem-module-'))
    try {
      await cp(source, folder, { recursive: true })
      await make(kernel, folder)
      await copyFile(join(folder, `${name}.ko`), temporary)
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })
}

/** A module that is built against the kernel's headers; kept until its source changes. */
export async function buildModule(kernel: Kernel, name: string): Promise<LabModule> {
  const content = await readFile(await builtFile(kernel, name))
  return { name, content, requires: dependenciesOf(content) }
}
