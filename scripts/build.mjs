// Builds dist/: the library by tsc, one file a module; the command bundled, so that it starts fast.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { builtInModule } from './lib/built-in-board.mjs'
import {
  leaveOut,
  leftOut,
  noHelp,
  noSubprograms,
  noSuggestions,
  openedBySchemes,
} from './lib/leave-out.mjs'
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
  refuseSources(fresh)
  await bundleYaml(`${fresh}/describe/yaml`)
  writeFileSync(`${root}${fresh}/memory/sim/built-in.js`, await builtInModule())
  await packBlocks(fresh)
  await buildCommand(`${fresh}/cli`)
  buildManPage(fresh)
  rmSync(`${root}dist`, { recursive: true, force: true })
  renameSync(`${root}${fresh}`, `${root}dist`)
}

/** tsc leaves `import('./x.ts')` as it is in a block that has `using`: nothing of that name is in dist. */
function refuseSources(folder) {
  for (const name of readdirSync(`${root}${folder}`, { recursive: true })) {
    if (!name.endsWith('.js')) continue
    const text = readFileSync(`${root}${folder}/${name}`, 'utf8')
    const [left] = /\b(?:import\(|from )["']\.[^"']*\.ts["']/.exec(text) ?? []
    if (left !== undefined) throw new Error(`${name} imports a source: ${left}`)
  }
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
    entryPoints: ['src/describe/yaml/library.ts'],
    outfile: `${folder}/library.js`,
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'neutral',
    target: 'node20',
    banner: { js: `/*! yaml\n${license}\n*/` },
    logLevel: 'warning',
  })
  rmSync(`${root}${folder}/library.d.ts`)
}

/** The library of blocks, so that one is read without the others, and without YAML. */
async function packBlocks(folder) {
  const { packSources, writePacked } = await import(`${root}${folder}/describe/shipped.js`)
  writePacked(`${root}${folder}/blocks`, await packSources(`${root}src/describe/blocks/library`))
}

/** physmem(1), which the command itself makes of what its help says. */
function buildManPage(folder) {
  const args = [`${folder}/cli/main.js`, '__man']
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: root })
  if (status !== 0) throw new Error(`the man page could not be made: ${stderr}`)
  mkdirSync(`${root}${folder}/man`)
  writeFileSync(`${root}${folder}/man/physmem.1`, stdout)
}

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

/** For what knows where its own file stands. */
const standing = {
  ...shared,
  banner: {
    js: "const bundleRequire=require,importMetaUrl=require('node:url').pathToFileURL(__filename).href;",
  },
  define: { 'import.meta.url': 'importMetaUrl' },
}

/**
 * CommonJS files in which every module is evaluated when it is first imported, which Node starts
 * 5 ms faster than ES modules: main.js chooses one of everyday.js, batch.js, looking.js, named.js,
 * remote.js, translating.js, and whole.js, which has everything. Reading a file costs 3 ms per 100 kB,
 * whether used or not.
 */
export async function buildCommand(outdir) {
  const { build: bundle } = await import('esbuild')
  mkdirSync(`${root}${outdir}`, { recursive: true })
  await Promise.all([
    bundle({ ...shared, entryPoints: ['src/cli/start/main.ts'], outfile: `${outdir}/main.js` }),
    ...Object.keys(leftOut).map((part) =>
      buildPart(part, `src/cli/start/parts/${part}.ts`, `${outdir}/${part}.js`),
    ),
    buildSilence(outdir),
    buildAgain(outdir),
    buildYaml(outdir),
    buildImport(outdir),
  ])
  writeFileSync(`${root}${outdir}/package.json`, '{ "type": "commonjs" }\n')
  chmodSync(`${root}${outdir}/main.js`, 0o755)
}

/**
 * One of the files that main.js chooses from. Rejects when what is left out of it by `tables` is
 * imported by anything else of it.
 */
export async function buildPart(part, entry, outfile, tables = leftOut[part]) {
  const { build: bundle } = await import('esbuild')
  const { outputFiles } = await bundle({
    ...standing,
    write: false,
    entryPoints: [entry],
    outfile,
    plugins: [
      leaveOut(part, tables),
      noSubprograms,
      noSuggestions,
      apart('yaml', './yaml.js'),
      apart(IMPORT, './import-module.js'),
      ...(part === 'whole' ? [] : [noHelp]),
      ...(part === 'everyday' ? [apart(SILENCE, './silence.js'), apart(AGAIN, './again.js')] : []),
      builtInBoard,
      ownRequire,
    ],
  })
  writeFileSync(`${root}${outfile}`, asFunction(outputFiles[0].text))
}

/** As src/operate/blanks.ts imports it. It takes what it needs as arguments, and throws no error of ours. */
const SILENCE = '\\./silence\\.ts'

/** What everyday.js needs only where all ones were read, which is seldom; it is a tenth of it. */
export async function buildSilence(outdir) {
  const { build: bundle } = await import('esbuild')
  await bundle({
    ...standing,
    entryPoints: ['src/operate/silence.ts'],
    outfile: `${outdir}/silence.js`,
    plugins: [leaveOut('silence', openedBySchemes()), ownRequire],
  })
}

/** As src/cli/start/parts/everyday.ts imports it. */
const AGAIN = '\\.\\./(?:\\.\\./start/)?again\\.ts'

/** What everyday.js leaves a line to whose words it refuses: what was meant, whole.js says. */
export async function buildAgain(outdir) {
  const { build: bundle } = await import('esbuild')
  const entryPoints = ['src/cli/start/again.ts']
  await bundle({ ...shared, entryPoints, outfile: `${outdir}/again.js` })
}

/** What the files that read descriptions need only of those that are YAML. */
export async function buildYaml(outdir) {
  const { build: bundle } = await import('esbuild')
  await bundle({ ...shared, entryPoints: ['yaml'], outfile: `${outdir}/yaml.js` })
}

/** The simulated board of `sim:`, read at the build. */
const builtInBoard = {
  name: 'built-in-board',
  setup(build) {
    build.onLoad({ filter: /[/\\]memory[/\\]sim[/\\]built-in\.ts$/ }, async () => ({
      contents: await builtInModule(),
    }))
  },
}

/** As src/cli/commands/run.ts imports it. */
const IMPORT = '\\.\\./frame/import-module\\.ts'

/** Loads modules of users and of the library, which only import() does: a file of Node's own loader. */
async function buildImport(outdir) {
  const { build: bundle } = await import('esbuild')
  await bundle({
    ...{ ...shared, supported: {} },
    entryPoints: ['src/cli/frame/import-module.ts'],
    outfile: `${outdir}/import-module.js`,
  })
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

/** As src/cli/start/bundle.ts runs it: an expression, after a comment with its digest. */
function asFunction(text) {
  const parameters = 'require, __filename'
  const source = `(function (${parameters}) {${text}\n})\n`
  if (/[^\0-\x7f]/.test(source)) throw new Error('the bundle has more than ASCII')
  return `//${createHash('sha256').update(source).digest('hex')}\n${source}`
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
