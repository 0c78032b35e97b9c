// Refuses to pack a package that lacks the engine or the agent of a CPU which the README names.
import { existsSync } from 'node:fs'
import { CPUS } from './lib/cpus.mjs'
import { root } from './lib/root.mjs'

for (const [what, file] of [
  ['engine', 'physmem.node'],
  ['agent', 'physmem-agent'],
]) {
  const missing = CPUS.filter((cpu) => !existsSync(`${root}prebuilds/linux-${cpu}/${file}`))
  if (missing.length === 0) continue
  console.error(`no ${what} for ${missing.join(', ')}: node scripts/setup.mjs --all-cpus says why`)
  process.exitCode = 1
}
