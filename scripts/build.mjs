// Builds dist/: the library by tsc, one file a module; the command bundled, so that it starts fast.
import { spawnSync } from 'node:child_process'
import { chmodSync, rmSync } from 'node:fs'
import { root } from './lib/root.mjs'

export async function build() {
  rmSync(`${root}dist`, { recursive: true, force: true })
  const tsc = spawnSync(
    process.execPath,
    ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'],
    { cwd: root, stdio: 'inherit' },
  )
  if (tsc.status !== 0) throw new Error('tsc failed')
  const { build: bundle } = await import('esbuild')
  await bundle({
    absWorkingDir: root,
    entryPoints: ['src/cli/main.ts'],
    outdir: 'dist/cli',
    bundle: true,
    splitting: true,
    minifySyntax: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    external: ['yaml', 'valibot'],
    legalComments: 'none',
    logLevel: 'warning',
  })
  chmodSync(`${root}dist/cli/main.js`, 0o755)
}

if (import.meta.url === `file://${process.argv[1]}`) await build()
