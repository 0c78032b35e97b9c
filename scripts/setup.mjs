// Sets up everything that a task needs, and nothing twice:
//   node scripts/setup.mjs [--lab [--built | --built-later] | --demo] [--all-cpus] [--checks]
// With --built-later the lab's own kernel is left to be built, but what building it needs is there.
// Runs on a bare Node, before any dependency is installed.
import { spawn, spawnSync } from 'node:child_process'
import { CPUS } from './lib/cpus.mjs'
import {
  BUILD_PACKAGES,
  BUILT_KERNEL_PACKAGES,
  CHECK_PACKAGES,
  CROSS_PACKAGES,
  DEMO_PACKAGES,
  LAB_PACKAGES,
  needPackages,
} from './lib/debian.mjs'
import { root } from './lib/root.mjs'
import { unlessDone } from './lib/stamp.mjs'
import { command, step } from './lib/step.mjs'

const wants = (option) => process.argv.includes(`--${option}`)

const needsMachines = wants('lab') || wants('demo')

function has(program) {
  return spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0
}

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major > 22 || (major === 22 && minor >= 3) || (major === 20 && minor >= 20)) return
  const found = process.versions.node
  throw new Error(`physmem needs Node 20.20 or later of 20, or 22.3 or newer; this is ${found}`)
}

async function installDependencies() {
  await unlessDone('npm', ['package-lock.json'], ['node_modules/.package-lock.json'], () =>
    step('installing the npm dependencies', () => command('npm', 'ci', '--no-audit', '--no-fund')),
  )
}

async function buildNative() {
  if (process.platform !== 'linux') return
  if (!has('make')) await needPackages(BUILD_PACKAGES)
  const cpus = [undefined]
  if (wants('all-cpus')) cpus.push(...CPUS)
  else if (needsMachines) cpus.push('arm64')
  for (const cpu of cpus) {
    const target = cpu ? [`CPU=${cpu}`] : []
    const goals = wants('lab') && (cpu === undefined || cpu === 'arm64') ? ['test-tools'] : []
    try {
      await command('make', '-C', 'native', 'addon', 'agent', ...goals, ...target)
    } catch (error) {
      if (cpu === undefined) throw error
      process.stderr.write(`set-up: no engine for ${cpu}: ${error.message}\n`)
    }
  }
}

async function buildPackage() {
  const inputs = ['src', 'scripts', 'package.json', 'package-lock.json', 'tsconfig.build.json']
  await unlessDone('dist', inputs, ['dist/cli/main.js'], () =>
    step('building dist', async () => (await import('./build.mjs')).build()),
  )
}

/** Runs a preparation of the lab; what it says is seen as it comes. */
function prepareLab(...options) {
  return new Promise((resolve) => {
    const line = ['scripts/run.mjs', 'lab/supply/prepare.ts', ...options]
    const child = spawn(process.execPath, line, { cwd: root, stdio: 'inherit' })
    child.on('close', (code) => {
      if (code !== 0) process.stderr.write('set-up: the lab could not be prepared\n')
      resolve()
    })
  })
}

const purpose = wants('demo') ? ['--demo'] : []
const packages = [
  ...(wants('demo') ? DEMO_PACKAGES : []),
  ...(wants('lab') ? LAB_PACKAGES : []),
  ...(wants('built') || wants('built-later') ? BUILT_KERNEL_PACKAGES : []),
  ...(wants('all-cpus') ? CROSS_PACKAGES : []),
  ...(wants('checks') ? CHECK_PACKAGES : []),
]

checkNode()
// The lab's downloads need the npm dependencies, and none of the system's packages.
await Promise.all([
  packages.length > 0 && process.platform === 'linux' && needPackages(packages),
  installDependencies().then(() => needsMachines && prepareLab('--fetch', ...purpose)),
])
await Promise.all([
  buildNative().then(buildPackage),
  needsMachines && prepareLab(...purpose).then(() => wants('built') && prepareLab('--built')),
])
