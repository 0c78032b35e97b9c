// Checks the package as a user gets it: publint, then the packed tarball installed into an empty
// project, its command run on the simulated board, and its library imported and type-checked.
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { CPUS } from './lib/cpus.mjs'
import { root } from './lib/root.mjs'
import { command, step } from './lib/step.mjs'

const PROGRAM = `
import { open } from 'physmem'
import { parsePlace } from 'physmem/place'
import { Memory, Program } from 'physmem/memory'
import { SimMemory } from 'physmem/sim'
await using memory = await open('sim:')
const value: number = await memory.read32(0x1000_0000)
if (!(memory instanceof SimMemory) || !(memory instanceof Memory)) throw new Error('another class')
console.log(value.toString(16), parsePlace('0x10').offset, new Program([]).steps.length)
`

function expect(condition, message) {
  if (!condition) throw new Error(message)
}

async function checkInstalled(folder) {
  const physmem = join(folder, 'node_modules/.bin/physmem')
  const value = (await command(physmem, '--target', 'sim:', 'read', '--quiet', '0x10000000')).trim()
  expect(/^0x[0-9a-f]{8}$/.test(value), `physmem read printed ${JSON.stringify(value)}`)
  writeFileSync(join(folder, 'words.bin'), Uint8Array.of(1, 2, 3, 4))
  const word = await command(physmem, 'read', '--quiet', `file:${join(folder, 'words.bin')}`)
  expect(word.trim() === '0x04030201', `the packed engine read ${JSON.stringify(word)}`)
  for (const cpu of CPUS) {
    const agent = join(folder, `agent-${cpu}`)
    await command(physmem, 'agent', '--quiet', '--cpu', cpu, '-o', agent)
    expect(readFileSync(agent).includes('ELF'), `the agent for ${cpu} is no program`)
  }
}

/** Installed for all of a machine, its page is where `man` looks. */
async function checkGlobal(folder, tarball) {
  const prefix = join(folder, 'global')
  const quiet = ['--no-audit', '--no-fund', '--ignore-scripts']
  await command('npm', 'install', '--global', '--prefix', prefix, ...quiet, tarball)
  const page = readFileSync(join(prefix, 'share/man/man1/physmem.1'), 'utf8')
  expect(page.startsWith('.TH PHYSMEM 1'), 'the page that is installed is not the man page')
}

async function checkLibrary(folder) {
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  writeFileSync(join(folder, 'program.ts'), PROGRAM)
  // The user's own Node types; everything else comes out of the tarball.
  symlinkSync(join(root, 'node_modules/@types'), join(folder, 'node_modules/@types'))
  await command(process.execPath, tsc, '-p', writeConfig(folder))
  const printed = await command(process.execPath, join(folder, 'out/program.js'))
  expect(/^[0-9a-f]+ 16 0\n$/.test(printed), `the library printed ${JSON.stringify(printed)}`)
}

function writeConfig(folder) {
  const file = join(folder, 'tsconfig.json')
  const compilerOptions = {
    strict: true,
    module: 'nodenext',
    target: 'es2022',
    lib: ['es2023', 'esnext.disposable'],
    types: ['node'],
    outDir: 'out',
  }
  writeFileSync(file, JSON.stringify({ compilerOptions, files: ['program.ts'] }))
  return file
}

/** Whoever reads a page of the package has no repository beside it. */
function checkLinks(shipped) {
  const pages = readdirSync(shipped, { recursive: true }).filter((name) => name.endsWith('.md'))
  for (const page of pages) {
    const text = readFileSync(join(shipped, page), 'utf8').replace(/^```.*?^```$/gms, '')
    for (const [, link] of text.matchAll(/\]\(([^)\s#]+)[^)\s]*\)/g)) {
      if (/^https?:/.test(link)) continue
      expect(
        existsSync(join(shipped, dirname(page), link)),
        `${page} links to ${link}, which is not packed`,
      )
    }
  }
}

const folder = mkdtempSync(join(tmpdir(), 'physmem-package-'))
try {
  await step('publint', () =>
    command(process.execPath, 'node_modules/publint/src/cli.js', '--strict'),
  )
  await step('packing and installing into an empty project', async () => {
    await command('npm', 'pack', '--silent', '--pack-destination', folder)
    const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz'))
    writeFileSync(
      join(folder, 'package.json'),
      JSON.stringify({ name: 'empty', version: '1.0.0', type: 'module' }),
    )
    const prefix = ['--prefix', folder, '--no-audit', '--no-fund', '--ignore-scripts']
    await command('npm', 'install', ...prefix, join(folder, tarball))
  })
  const shipped = readdirSync(join(folder, 'node_modules/physmem/prebuilds'))
  const missing = CPUS.filter((cpu) => !shipped.includes(`linux-${cpu}`))
  expect(missing.length === 0, `the package has no engine for ${missing.join(', ')}`)
  const library = join(folder, 'node_modules/physmem/dist/blocks/index.json')
  const known = JSON.parse(readFileSync(library, 'utf8')).map(({ name }) => name)
  expect(known.includes('pl011'), `the package knows only the devices ${known.join(', ')}`)
  checkLinks(join(folder, 'node_modules/physmem'))
  await step('running the installed command', () => checkInstalled(folder))
  const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz'))
  await step('installing it for all', () => checkGlobal(folder, join(folder, tarball)))
  await step('using the installed library', () => checkLibrary(folder))
} finally {
  rmSync(folder, { recursive: true, force: true })
}
