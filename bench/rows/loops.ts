import { writeFileSync } from 'node:fs'
import { Contender, loop } from '../contender.ts'
import type { Row } from '../row.ts'
import { contest } from './calls.ts'

const SPAN = 2 ** 20
const READS = 1000

/** Different registers all over 1 MiB, the same in every run. */
function scattered(): BigUint64Array {
  const found = new Set<number>()
  for (let state = 12345; found.size < READS; ) {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fff_ffff
    found.add(((state >>> 8) % (SPAN / 4)) * 4)
  }
  return BigUint64Array.from(found, BigInt)
}

/** A file's length is looked at after each program, since it may shrink; a device's is not. */
function program(name: string, over: string): Row {
  return {
    name,
    what: `a program of 1,000 scattered 32-bit reads${over}, per access`,
    against: 'a C loop of `volatile` loads of the same addresses',
    unit: 'ns',
    comparison: 'ratio',
    target: { atMost: 2 },
    idle: { atMost: 3 },
    measure: async (workshop) => {
      const file = workshop.file('program', SPAN)
      const addresses = workshop.path('addresses')
      writeFileSync(addresses, new Uint8Array(scattered().buffer))
      const theirs = await workshop.compiled('loops')
      return contest(
        loop(name, file, addresses),
        new Contender(theirs, 'scattered', file, addresses),
      )
    },
  }
}

export const loops: Row[] = [
  {
    name: 'gpio',
    what: 'a GPIO-like loop in TypeScript: read, change a bit, write',
    against: 'the same loop in C, `volatile`',
    unit: 'ns',
    comparison: 'ratio',
    target: { atMost: 4 },
    measure: async (workshop) => {
      const file = workshop.file('gpio', 65536)
      const theirs = await workshop.compiled('loops')
      return contest(loop('gpio', file), new Contender(theirs, 'gpio', file))
    },
  },
  {
    name: 'record',
    what: '`record` of one register as fast as it goes, per sample',
    against: 'a C loop that stores value and time (`clock_gettime`)',
    unit: 'ns',
    comparison: 'ratio',
    // 0.8 times its samples.
    target: { atMost: 1.25 },
    measure: async (workshop) => {
      const file = workshop.file('record', 65536)
      const theirs = await workshop.compiled('loops')
      return contest(loop('record', file), new Contender(theirs, 'polled', file))
    },
  },
  program('program', ', over a file'),
  program('program-device', ', over what is not a file'),
]
