import { command } from '../built.ts'
import { inTurn } from '../rounds.ts'
import type { Row } from '../row.ts'

export const map: Row[] = [
  {
    name: 'map',
    what: '`physmem map`, whole process',
    against: '`node -e 0`',
    unit: 'ms',
    comparison: 'ratio',
    target: { atMost: 1.25 },
    measure: (workshop) =>
      inTurn(
        41,
        async () => (await workshop.spawned(...command, 'map')).ms,
        async () => (await workshop.spawned(process.execPath, '-e', '0')).ms,
      ),
  },
]
