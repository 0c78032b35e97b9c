import { machineUnavailable } from '../../lab/machine/available.ts'
import { startMachine } from '../../lab/machine/machine.ts'
import { guestProgram } from '../../lab/supply/guest-program.ts'
import type { Rounds, Row } from '../row.ts'

const BYTES = 64 << 20
/** RAM that the kernel was told to leave alone: it has no mapping of its own, and so takes any caching. */
const ADDRESS = 0x1000_0000
const ROUNDS = 9
const DIRECTIONS = ['read', 'write'] as const
const CACHINGS = ['write-back', 'write-combine', 'uncached'] as const

/** All rows on one machine, by `caching direction`. */
let all: Promise<Map<string, Rounds>> | undefined

async function measureAll(): Promise<Map<string, Rounds>> {
  const { entry, command } = await guestProgram('bandwidth')
  await using machine = await startMachine({
    arch: 'x86_64',
    append: `memmap=64M$${ADDRESS}`,
    modules: ['physmem'],
    files: [entry],
    lifetimeMs: 600_000,
  })
  await machine.exec('dd if=/dev/zero of=/tmp/ordinary bs=1M count=64')
  const found = new Map<string, Rounds>()
  for (const caching of CACHINGS) {
    for (const direction of DIRECTIONS) {
      const words = `${caching} ${direction} ${ADDRESS} ${BYTES} ${ROUNDS} /tmp/ordinary`
      const { stdout, stderr, exitCode } = await machine.exec(`${command} ${words}`, {
        timeoutMs: 180_000,
      })
      if (exitCode !== 0) throw new Error(stderr)
      const times = stdout.trim().split('\n').map(Number)
      const ours = times.filter((_, at) => at % 2 === 0)
      const theirs = times.filter((_, at) => at % 2 === 1)
      found.set(`${caching} ${direction}`, { ours, theirs })
    }
  }
  return found
}

/** An emulated CPU has no caches: only that a write-back map costs what ordinary memory does counts. */
function row(caching: (typeof CACHINGS)[number], direction: (typeof DIRECTIONS)[number]): Row {
  const verb = direction === 'read' ? 'reading' : 'writing'
  return {
    name: `bandwidth-${caching}-${direction}`,
    what: `${verb} 64 MiB of RAM through /dev/physmem, ${caching}, in a virtual machine`,
    against: 'the same over ordinary memory (an emulated CPU, which has no caches)',
    unit: 'ms',
    comparison: 'ratio',
    target: caching === 'write-back' ? { atMost: 1.1 } : {},
    unavailable: () => machineUnavailable('x86_64', '6.1'),
    measure: async () => {
      all ??= measureAll()
      const rounds = (await all).get(`${caching} ${direction}`)
      if (rounds === undefined) throw new Error('not measured')
      return rounds
    },
  }
}

export const bandwidth: Row[] = CACHINGS.flatMap((caching) =>
  DIRECTIONS.map((direction) => row(caching, direction)),
)
