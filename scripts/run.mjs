// Runs a TypeScript file of the project: node scripts/run.mjs FILE [ARGUMENT...]
// Node 20 runs no TypeScript, so it is bundled first; packages stay outside of the bundle.
import { mkdirSync } from 'node:fs'
import { basename } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { root } from './lib/root.mjs'

const [file, ...rest] = process.argv.slice(2)
if (!file) throw new Error('usage: node scripts/run.mjs FILE [ARGUMENT...]')
// Two levels below the project, as the sources are: import.meta.url leads to the same places.
const outdir = `${root}build/run`
mkdirSync(outdir, { recursive: true })
const outfile = `${outdir}/${basename(file, '.ts')}.mjs`
await build({
  absWorkingDir: root,
  entryPoints: [file],
  outfile,
  bundle: true,
  packages: 'external',
  format: 'esm',
  platform: 'node',
  target: 'node20',
  sourcemap: 'inline',
  logLevel: 'warning',
})
process.argv = [process.argv[0], outfile, ...rest]
await import(pathToFileURL(outfile).href)
