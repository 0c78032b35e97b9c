// Sets up everything that a task needs, and nothing twice:
//   node scripts/setup.mjs [--lab [--built]] [--all-cpus] [--checks]
// Runs on a bare Node, before any dependency is installed.
import { spawnSync } from 'node:child_process'
import { CPUS } from './lib/cpus.mjs'
import {
  BUILD_PACKAGES,
  BUILT_KERNEL_PACKAGES,
  CHECK_PACKAGES,
  CROSS_PACKAGES,
  LAB_PACKAGES,
  needPackages,
} from './lib/debian.mjs'
import { root } from './lib/root.mjs'
import { unlessDone } from './lib/stamp.mjs'
import { command, step } from './lib/step.mjs'

const wants = (option) => process.argv.includes(`--${option}`)

function has(program) {
  return spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0
}

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major > 20 || (major === 20 && minor >= 20)) return
  throw new Error(`physmem needs Node 20.20 or newer; this is ${process.versions.node}`)
}

async function installDependencies() {
  await unlessDone('npm', ['package-lock.json'], ['node_modules/.package-lock.json'], () =>
    // Not `npm ci`: it refuses a lock file without the packages of other operating systems.
    step('installing the npm dependencies', () =>
      command('npm', 'install', '--no-save', '--no-audit', '--no-fund'),
    ),
  )
}

async function buildNative() {
  if (process.platform !== 'linux') return
  if (!has('make')) await needPackages(BUILD_PACKAGES)
  const cpus = [undefined]
  if (wants('all-cpus')) cpus.push(...CPUS)
  else if (wants('lab')) cpus.push('arm64')
  for (const cpu of cpus) {
    const target = cpu ? [`CPU=${cpu}`] : []
    const goals = wants('lab') && (cpu === undefined || cpu === 'arm64') ? ['test-tools'] : []
    try {
      await command('make', '-C', 'native', 'addon', ...goals, ...target)
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

async function prepareLab() {
  const line = ['scripts/run.mjs', 'lab/prepare.ts', ...(wants('built') ? ['--built'] : [])]
  const answer = spawnSync(process.execPath, line, {
    cwd: root,
    stdio: 'inherit',
  })
  if (answer.status !== 0) process.stderr.write('set-up: the lab could not be prepared\n')
}

checkNode()
await installDependencies()
const packages = [
  ...(wants('lab') ? LAB_PACKAGES : []),
  ...(wants('built') ? BUILT_KERNEL_PACKAGES : []),
  ...(wants('all-cpus') ? CROSS_PACKAGES : []),
  ...(wants('checks') ? CHECK_PACKAGES : []),
]
if (packages.length > 0 && process.platform === 'linux') await needPackages(packages)
await buildNative()
await buildPackage()
if (wants('lab')) await prepareLab()
