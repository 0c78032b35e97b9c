// Builds dist/: the library by tsc, one file a module; the command bundled, so that it starts fast.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
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
  await bundleYaml(`${fresh}/memory/sim`)
  await buildCommand(`${fresh}/cli`)
  buildManPage(fresh)
  rmSync(`${root}dist`, { recursive: true, force: true })
  renameSync(`${root}${fresh}`, `${root}dist`)
}

/**
 * yaml in ES modules, as it is for browsers: for Node it is CommonJS, whose require() of Node's modules
 * fails in bundles that are ES modules. Its types are needed by nobody.
 */
async function bundleYaml(folder) {
  const { build: bundle } = await import('esbuild')
  const license = readFileSync(`${root}node_modules/yaml/LICENSE`, 'utf8').trim()
  await bundle({
    absWorkingDir: root,
    entryPoints: ['src/memory/sim/yaml.ts'],
    outfile: `${folder}/yaml.js`,
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'neutral',
    target: 'node20',
    banner: { js: `/*! yaml\n${license}\n*/` },
    logLevel: 'warning',
  })
  rmSync(`${root}${folder}/yaml.d.ts`)
}

/** physmem(1), which the command itself makes of what its help says. */
function buildManPage(folder) {
  const args = [`${folder}/cli/main.js`, '__man']
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: root })
  if (status !== 0) throw new Error(`the man page could not be made: ${stderr}`)
  mkdirSync(`${root}${folder}/man`)
  writeFileSync(`${root}${folder}/man/physmem.1`, stdout)
}

/** Kept in step with src/cli/everyday.ts; tests run these commands from their files alone. */
const everyday = ['read', 'write', 'wait', 'devmem']
const looking = ['map', 'list']

/** What is left out of the files that start fast: the other commands, and what these never use. */
const others = {
  everyday: [commandsBut(everyday), '/memory/sim/index\\.ts$', '/resolve/(?!mapped|physical)'],
  looking: [
    ...[commandsBut(looking), '/machine/machine\\.ts$', '/memory/sim/index\\.ts$', '/translate/'],
    // What tells where a place is without opening it.
    '/memory/local/(?!(file|node-kind|open-node|pci)\\.ts$)',
  ],
  whole: [],
}

function commandsBut(names) {
  return `/commands/(?!(${names.join('|')})\\.ts)`
}

/**
 * CommonJS files in which every module is evaluated when it is first imported, which Node starts
 * 5 ms faster than ES modules: main.js chooses one of everyday.js, looking.js, and whole.js, which
 * has everything. Reading a file costs 3 ms per 100 kB, whether used or not.
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
  const parts = Object.entries(others)
  await bundle({ ...shared, entryPoints: ['src/cli/main.ts'], outfile: `${outdir}/main.js` })
  for (const [part, unused] of parts) {
    const { outputFiles } = await bundle({
      ...shared,
      write: false,
      banner: {
        js: "const bundleRequire=require,importMetaUrl=require('node:url').pathToFileURL(__filename).href;",
      },
      define: { 'import.meta.url': 'importMetaUrl' },
      entryPoints: [`src/cli/parts/${part}.ts`],
      outfile: `${outdir}/${part}.js`,
      plugins: [
        ...(unused.length > 0 ? [leaveOut(new RegExp(unused.join('|')))] : []),
        ...(part === 'everyday'
          ? [leaveOut(/^\.\/(iomem|device-tree)\.ts$/, /[/\\]resolve[/\\]/)]
          : []),
        leaveOut(/^node:child_process$/, /[/\\]commander[/\\]/),
        apart('yaml', './yaml.js'),
        ownRequire,
      ],
    })
    writeFileSync(`${root}${outdir}/${part}.js`, asFunction(outputFiles[0].text))
  }
  await bundle({ ...shared, entryPoints: ['yaml'], outfile: `${outdir}/yaml.js` })
  writeFileSync(`${root}${outdir}/package.json`, '{ "type": "commonjs" }\n')
  chmodSync(`${root}${outdir}/main.js`, 0o755)
}

/** The engine is loaded with the bundle's own require(): node:module loads what import() needs, too. */
const ownRequire = {
  name: 'own-require',
  setup(build) {
    build.onResolve({ filter: /^node:module$/ }, ({ path }) => ({ path, namespace: 'own' }))
    build.onLoad({ filter: /./, namespace: 'own' }, () => ({
      contents: 'exports.createRequire = () => bundleRequire',
    }))
  },
}

/** As src/cli/start/bundle.ts runs it: an expression, behind a comment with its digest. */
function asFunction(text) {
  const parameters = 'require, __filename'
  const source = `(function (${parameters}) {${text}\n})\n`
  if (/[^\0-\x7f]/.test(source)) throw new Error('the bundle has more than ASCII')
  return `//${createHash('sha256').update(source).digest('hex')}\n${source}`
}

/**
 * Leaves out modules that a file never uses; using a name of one throws. The file is loaded faster
 * for it: what commander needs for commands that are programs of their own takes 3 ms alone.
 */
function leaveOut(paths, importers = /./) {
  return {
    name: 'leave-out',
    setup(build) {
      build.onResolve({ filter: /./ }, ({ path, importer }) =>
        paths.test(path) && importers.test(importer) ? { path, namespace: 'left-out' } : undefined,
      )
      build.onLoad({ filter: /./, namespace: 'left-out' }, ({ path }) => ({
        // esbuild copies what a module has into an object with the module's prototype: this one.
        contents: `const absent = new Proxy({}, {
          getPrototypeOf: () => absent,
          get(_, name) {
            if (typeof name === 'string' && name !== '__esModule') {
              throw new Error(${JSON.stringify(`${path} was left out of this file: `)} + name)
            }
          },
        })
        module.exports = absent`,
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
