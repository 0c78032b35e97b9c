import { writeFileSync } from 'node:fs'
import { command } from '../built.ts'
import { inTurn } from '../rounds.ts'
import type { Row } from '../row.ts'
import type { Workshop } from '../workshop.ts'

const NODE = [process.execPath, '-e', '0']
const LINES = 1000

/** A file of reads, writes and waits that are met at once. */
function script(workshop: Workshop): string {
  const memory = workshop.file('batch', 65536)
  const lines = Array.from({ length: LINES / 4 }, (_, index) => {
    const place = `file:${memory}+0x${(index * 16).toString(16)}`
    const lines = [`read ${place}`, `write ${place}=${index}`, `write ${place}:7:4=3`]
    return [...lines, `wait ${place}:7:4=3`].join('\n')
  })
  const path = workshop.path('batch.txt')
  writeFileSync(path, `${lines.join('\n')}\n`)
  return path
}

export const batch: Row[] = [
  {
    name: 'batch',
    what: `\`physmem batch\` of ${LINES} lines, whole process`,
    against: '`node -e 0`',
    unit: 'ms',
    comparison: 'ratio',
    target: { atMost: 2 },
    measure: (workshop) => {
      const path = script(workshop)
      return inTurn(
        21,
        async () => (await workshop.spawned(...command, '--quiet', 'batch', path)).ms,
        async () => (await workshop.spawned(...NODE)).ms,
      )
    },
  },
]
