import { build } from 'esbuild'
import type { GuestArch } from './arch.ts'
import type { ArchiveEntry } from './cpio.ts'
import { repositoryRoot } from './repository.ts'
import { compileForGuest } from './runner.ts'

/** One CommonJS file, as the built command has them: see scripts/build.mjs. */
async function bundle(): Promise<string> {
  const { outputFiles } = await build({
    absWorkingDir: repositoryRoot(),
    entryPoints: ['lab/guest/programs/fork-server.ts'],
    write: false,
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    banner: { js: "const importMetaUrl=require('node:url').pathToFileURL(__filename).href;" },
    define: { 'import.meta.url': 'importMetaUrl' },
    logLevel: 'warning',
  })
  return outputFiles.map((file) => file.text).join('')
}

/** What the runner needs to run the command without starting Node (programs/fork-server.ts). */
export async function forkServerEntries(arch: GuestArch): Promise<ArchiveEntry[]> {
  return [
    // Two levels below the package, so that the engine is found from there.
    { path: '/opt/physmem/build/run/fork-server.cjs', content: await bundle() },
    { path: '/lab/fork-server.node', source: await compileForGuest(arch, 'fork-server', 'addon') },
  ]
}
