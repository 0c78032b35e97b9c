// Builds dist/: the library by tsc, one file a module; the command bundled, so that it starts fast.
import { spawnSync } from 'node:child_process'
import { chmodSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { root } from './lib/root.mjs'

/** Built beside the old one and put in its place at the end: who uses dist meanwhile is not disturbed. */
export async function build() {
  const fresh = 'build/dist'
  rmSync(`${root}${fresh}`, { recursive: true, force: true })
  const tsc = spawnSync(
    process.execPath,
    ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json', '--outDir', fresh],
    { cwd: root, stdio: 'inherit' },
  )
  if (tsc.status !== 0) throw new Error('tsc failed')
  await buildCommand(`${fresh}/cli`)
  rmSync(`${root}dist`, { recursive: true, force: true })
  renameSync(`${root}${fresh}`, `${root}dist`)
}

/** Kept in step with src/cli/everyday.ts; a test runs these commands from main.js alone. */
const everyday = ['read', 'write', 'wait', 'devmem']

/**
 * CommonJS files in which every module is evaluated when it is first imported, which Node starts
 * 5 ms faster than ES modules: main.js holds what the everyday commands need, and whole.js, which
 * it loads for all else, everything. Reading a file costs 3 ms per 100 kB, whether used or not.
 */
export async function buildCommand(outdir) {
  const { build: bundle } = await import('esbuild')
  const shared = {
    absWorkingDir: root,
    bundle: true,
    minify: true,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    // import() of another file becomes require(), which does without Node's second loader.
    supported: { 'dynamic-import': false },
    legalComments: 'none',
    logLevel: 'warning',
  }
  const command = {
    ...shared,
    banner: { js: "const importMetaUrl=require('node:url').pathToFileURL(__filename).href;" },
    define: { 'import.meta.url': 'importMetaUrl' },
  }
  const packages = [
    leaveOut(/^node:child_process$/, /[/\\]commander[/\\]/),
    apart('yaml', './yaml.js'),
  ]
  const others = new RegExp(
    `/commands/(?!(${everyday.join('|')})\\.ts)|/memory/sim/index\\.ts$|/resolve/(?!mapped|physical)`,
  )
  await bundle({
    ...command,
    entryPoints: ['src/cli/main.ts'],
    outfile: `${outdir}/main.js`,
    plugins: [apart('./whole.ts', './whole.js'), leaveOut(others), ...packages],
  })
  await bundle({
    ...command,
    entryPoints: ['src/cli/whole.ts'],
    outfile: `${outdir}/whole.js`,
    plugins: packages,
  })
  await bundle({ ...shared, entryPoints: ['yaml'], outfile: `${outdir}/yaml.js` })
  writeFileSync(`${root}${outdir}/package.json`, '{ "type": "commonjs" }\n')
  chmodSync(`${root}${outdir}/main.js`, 0o755)
}

/**
 * Leaves modules out that are never used: what main.js hands to whole.js; and in commander what it
 * needs for commands that are programs of their own, which costs 3 ms to load.
 */
function leaveOut(paths, importers = /./) {
  return {
    name: 'leave-out',
    setup(build) {
      build.onResolve({ filter: /./ }, ({ path, importer }) =>
        paths.test(path) && importers.test(importer) ? { path, namespace: 'left-out' } : undefined,
      )
      build.onLoad({ filter: /./, namespace: 'left-out' }, () => ({
        contents: 'module.exports = {}',
      }))
    },
  }
}

/** Keeps something in a file of its own, which is read only when it is needed. */
function apart(name, file) {
  return {
    name: 'apart',
    setup(build) {
      build.onResolve({ filter: new RegExp(`^${name}$`) }, () => ({ path: file, external: true }))
    },
  }
}

if (import.meta.url === `file://${process.argv[1]}`) await build()
