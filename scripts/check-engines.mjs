// Refuses to pack a package that lacks the engine of a CPU which the README names.
import { existsSync } from 'node:fs'
import { CPUS } from './lib/cpus.mjs'
import { root } from './lib/root.mjs'

const missing = CPUS.filter((cpu) => !existsSync(`${root}prebuilds/linux-${cpu}/physmem.node`))
if (missing.length > 0) {
  console.error(`no engine for ${missing.join(', ')}: node scripts/setup.mjs --all-cpus says why`)
  process.exitCode = 1
}
