import { spawnSync } from 'node:child_process'
import { root } from '../built.ts'
import { Contender, loop } from '../contender.ts'
import type { Row } from '../row.ts'
import { contest } from './calls.ts'

/** The system's own where there is one: what stands before it in PATH may be a slow wrapper. */
const PYTHON = spawnSync('/usr/bin/python3', ['-V']).status === 0 ? '/usr/bin/python3' : 'python3'

const SPELLINGS = {
  memoryview: '`memoryview(mapping).cast("I")[index]`',
  ctypes: '`ctypes.c_uint32.from_buffer(mapping, offset).value`',
}

const HEADLINE = {
  what: 'the same loop, beside the fastest way of Python',
  against: 'python3 with a `memoryview`',
}

function against(way: 'memoryview' | 'ctypes', direction: 'read' | 'write'): Row {
  return {
    name: `${way}-${direction}`,
    what: `\`window.${direction}32\`, per call`,
    against: `python3 ${SPELLINGS[way]}`,
    unit: 'ns',
    comparison: 'speed',
    target: { atLeast: way === 'ctypes' ? 80 : 8 },
    ...(way === 'memoryview' && direction === 'read' ? { headline: HEADLINE } : {}),
    unavailable: () => (spawnSync(PYTHON, ['-V']).status === 0 ? undefined : 'there is no python3'),
    measure: (workshop) => {
      const file = workshop.file('python', 65536)
      return contest(
        loop(`typed-${direction}`, file),
        new Contender(PYTHON, `${root}bench/peers/loops.py`, way, direction, file),
      )
    },
  }
}

export const python: Row[] = [
  against('memoryview', 'read'),
  against('memoryview', 'write'),
  against('ctypes', 'read'),
  against('ctypes', 'write'),
]
