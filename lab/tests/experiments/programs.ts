import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { transform } from 'esbuild'
import type { Arch } from '../../supply/arch.ts'
import type { ArchiveEntry } from '../../supply/cpio.ts'
import { repositoryRoot } from '../../supply/repository.ts'
import { compileForGuest } from '../../supply/runner.ts'

/** The program of the pages, where their shell is. */
export async function variableProgram(arch: Arch): Promise<ArchiveEntry> {
  return { path: '/root/variable', source: await compileForGuest(arch, 'variable'), mode: 0o755 }
}

export const cachingSource = (): string =>
  readFileSync(join(repositoryRoot(), 'examples/caching.ts'), 'utf8')

/** From here the package is found by its name. */
export const cachingFolder = '/opt/physmem/build'

/** The program of the page on caches, translated as that says. */
export async function cachingProgram(): Promise<ArchiveEntry> {
  const { code } = await transform(cachingSource(), { loader: 'ts', target: 'node20' })
  return { path: `${cachingFolder}/caching.mjs`, content: code }
}
