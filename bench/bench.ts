/**
 * Measures physmem and what it is compared with, in turn, in one run:
 *   npm run bench [-- --only NAME]...
 * Prints the table, and without --only also writes it into docs/performance.md.
 */
import { parseArgs } from 'node:util'
import { writePage } from './document.ts'
import { describeHost } from './host.ts'
import { runLoop } from './loops.ts'
import { page } from './page.ts'
import type { Row } from './row.ts'
import { bandwidth } from './rows/bandwidth.ts'
import { batch } from './rows/batch.ts'
import { calls } from './rows/calls.ts'
import { descriptions } from './rows/descriptions.ts'
import { generatedCode } from './rows/generated.ts'
import { guest } from './rows/guest.ts'
import { interrupts } from './rows/interrupts.ts'
import { loops } from './rows/loops.ts'
import { map } from './rows/map.ts'
import { processes } from './rows/processes.ts'
import { python } from './rows/python.ts'
import { register } from './rows/register.ts'
import { remote } from './rows/remote.ts'
import { translate } from './rows/translate.ts'
import { table } from './table.ts'
import { judge, type Verdict } from './verdict.ts'
import { Workshop } from './workshop.ts'

const rows = [
  ...calls,
  ...python,
  ...loops,
  ...generatedCode,
  ...register,
  ...processes,
  ...batch,
  ...map,
  ...guest,
  ...bandwidth,
  ...interrupts,
  ...remote,
  ...translate,
  ...descriptions,
]

async function verdictOf(row: Row): Promise<Verdict> {
  const skipped = row.unavailable?.()
  if (skipped !== undefined) return { row, skipped, met: false }
  using workshop = new Workshop()
  try {
    return judge(row, await row.measure(workshop))
  } catch (error) {
    const [reason = ''] = String(error).split('\n')
    return { row, skipped: reason, met: false }
  }
}

function choose(only: readonly string[] | undefined): Row[] {
  const unknown = only?.find((name) => !rows.some((row) => row.name === name))
  if (unknown === undefined) return rows.filter(({ name }) => only?.includes(name) ?? true)
  const names = rows.map(({ name }) => name).join(', ')
  throw new Error(`nothing is named ${unknown}: there are ${names}`)
}

async function main(): Promise<void> {
  const { only } = parseArgs({ options: { only: { type: 'string', multiple: true } } }).values
  const chosen = choose(only)
  const host = describeHost()
  const verdicts: Verdict[] = []
  for (const row of chosen) {
    process.stderr.write(`bench: ${row.name} …\n`)
    verdicts.push(await verdictOf(row))
  }
  process.stdout.write(`${host}\n${table(verdicts)}`)
  if (only === undefined)
    process.stderr.write(`bench: written to ${writePage(page(host, verdicts))}\n`)
}

// Node would read this file of certificates at each start, of whatever is measured.
delete process.env.NODE_EXTRA_CA_CERTS

if (process.argv[2] === '--loop') await runLoop(process.argv.slice(3))
else await main()
