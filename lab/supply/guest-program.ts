import { join } from 'node:path'
import { build } from 'esbuild'
import type { ArchiveEntry } from './cpio.ts'
import { repositoryRoot } from './repository.ts'

/** A program for a guest. */
export interface GuestProgram {
  /** For the machine's `files`. */
  readonly entry: ArchiveEntry
  /** The start of its command line in the guest. */
  readonly command: string
}

/** A program of lab/guest/programs, bundled with the sources that it uses. */
export async function guestProgram(name: string): Promise<GuestProgram> {
  const root = repositoryRoot()
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: [join('lab/guest/programs', `${name}.ts`)],
    write: false,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'warning',
  })
  // Two levels below the package, so that the engine is found from there.
  const path = `/opt/physmem/build/run/${name}.mjs`
  const content = outputFiles.map((file) => file.text).join('')
  return { entry: { path, content }, command: `node ${path}` }
}
