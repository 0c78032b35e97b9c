// Builds dist/: the library by tsc, one file a module; the command bundled, so that it starts fast.
import { spawnSync } from 'node:child_process'
import { chmodSync, rmSync, writeFileSync } from 'node:fs'
import { root } from './lib/root.mjs'

export async function build() {
  rmSync(`${root}dist`, { recursive: true, force: true })
  const tsc = spawnSync(
    process.execPath,
    ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'],
    { cwd: root, stdio: 'inherit' },
  )
  if (tsc.status !== 0) throw new Error('tsc failed')
  await buildCommand('dist/cli')
}

/**
 * One CommonJS file, in which every module is evaluated when it is first imported: Node starts that
 * 5 ms faster than ES modules in several files. Names are kept, since errors print theirs.
 */
export async function buildCommand(outdir) {
  const { build: bundle } = await import('esbuild')
  const shared = {
    absWorkingDir: root,
    bundle: true,
    minifySyntax: true,
    minifyWhitespace: true,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    legalComments: 'none',
    logLevel: 'warning',
  }
  await bundle({
    ...shared,
    entryPoints: ['src/cli/main.ts'],
    outfile: `${outdir}/main.js`,
    banner: { js: "const importMetaUrl=require('node:url').pathToFileURL(__filename).href;" },
    define: { 'import.meta.url': 'importMetaUrl' },
    plugins: [leaveOut('node:child_process'), apart('yaml', './yaml.js')],
  })
  await bundle({ ...shared, entryPoints: ['yaml'], outfile: `${outdir}/yaml.js` })
  writeFileSync(`${root}${outdir}/package.json`, '{ "type": "commonjs" }\n')
  chmodSync(`${root}${outdir}/main.js`, 0o755)
}

/** Commander loads this for commands that are programs of their own, which we have none of: 3 ms. */
function leaveOut(name) {
  return {
    name: 'leave-out',
    setup(build) {
      build.onResolve({ filter: new RegExp(`^${name}$`) }, ({ path, importer }) =>
        /[/\\]commander[/\\]/.test(importer) ? { path, namespace: 'left-out' } : undefined,
      )
      build.onLoad({ filter: /.*/, namespace: 'left-out' }, () => ({
        contents: 'module.exports = {}',
      }))
    },
  }
}

/** Keeps a package in a file of its own, which is read only when it is needed. */
function apart(name, file) {
  return {
    name: 'apart',
    setup(build) {
      build.onResolve({ filter: new RegExp(`^${name}$`) }, () => ({ path: file, external: true }))
    },
  }
}

if (import.meta.url === `file://${process.argv[1]}`) await build()
