import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { command, root } from '../built.ts'
import { Contender } from '../contender.ts'
import { inTurn } from '../rounds.ts'
import type { Row } from '../row.ts'
import type { Workshop } from '../workshop.ts'

const PAGE = 4096
const GIB = 2 ** 30
const PROCESSES = 200
const EACH = (8 * GIB) / PROCESSES

function builtTranslate(): Promise<typeof import('../../src/translate/index.ts')> {
  return import(`${root}dist/translate/index.js`)
}

/** A process that has something mapped, until the row is measured. */
class Target implements Disposable {
  readonly pid: number
  readonly address: bigint
  readonly #child: ChildProcess

  static async start(workshop: Workshop, ...words: string[]): Promise<Target> {
    const child = spawn(await workshop.compiled('pagemap'), words, {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    const lines = createInterface({ input: child.stdout })
    const { value, done } = await lines[Symbol.asyncIterator]().next()
    if (done) throw new Error(`pagemap ${words.join(' ')} ended`)
    const [pid = '', address = ''] = String(value).split(' ')
    return new Target(child, Number(pid), BigInt(address))
  }

  private constructor(child: ChildProcess, pid: number, address: bigint) {
    this.#child = child
    this.pid = pid
    this.address = address
  }

  [Symbol.dispose](): void {
    this.#child.kill('SIGKILL')
  }
}

/** Why frames cannot be looked up here. */
function hidden(): string | undefined {
  return process.getuid?.() === 0 ? undefined : 'it needs root'
}

async function ms(work: () => unknown): Promise<number> {
  const start = performance.now()
  await work()
  return performance.now() - start
}

/** Ours against a mode of the C program, on 1 GiB of which every page was touched. */
async function gigabyte(workshop: Workshop, mode: 'bulk' | 'each', perPage: boolean) {
  const { readPages } = await builtTranslate()
  using target = await Target.start(workshop, 'touch', `${GIB}`, `${PAGE}`)
  const pages = GIB / PAGE
  const words = [mode, `${target.pid}`, `0x${target.address.toString(16)}`, `${pages}`]
  using theirs = new Contender(await workshop.compiled('pagemap'), ...words)
  const ours = async () => {
    const once = await ms(() => readPages(target.pid, target.address, GIB))
    return perPage ? (once * 1e6) / pages : once
  }
  const unit = perPage ? 1 : 1e6
  return await inTurn(15, ours, async () => (await theirs.round()) / unit)
}

export const translate: Row[] = [
  {
    name: 'translate',
    what: '`readPages` of 1 GiB, all touched',
    against: 'C that reads pagemap in bulk',
    unit: 'ms',
    comparison: 'ratio',
    target: { atMost: 1.3 },
    unavailable: hidden,
    measure: (workshop) => gigabyte(workshop, 'bulk', false),
  },
  {
    name: 'translate-each',
    what: '`readPages` of 1 GiB, per page',
    against: 'C that opens, reads and closes pagemap for each page',
    unit: 'ns',
    comparison: 'speed',
    target: { atLeast: 50 },
    unavailable: hidden,
    measure: (workshop) => gigabyte(workshop, 'each', true),
  },
  {
    name: 'translate-sparse',
    what: '`translateAll` of a process with 64 GiB, of which 64 pages were touched',
    against: 'C that reads pagemap in bulk',
    unit: 'ms',
    comparison: 'speed',
    target: {},
    idle: { atMost: 5 },
    unavailable: hidden,
    measure: async (workshop) => {
      const { translateAll } = await builtTranslate()
      using target = await Target.start(workshop, 'touch', `${64 * GIB}`, `${GIB}`)
      const pages = (64 * GIB) / PAGE
      const words = ['bulk', `${target.pid}`, `0x${target.address.toString(16)}`, `${pages}`]
      using theirs = new Contender(await workshop.compiled('pagemap'), ...words)
      const ours = () =>
        ms(async () => {
          let runs = 0
          for await (const run of translateAll(target.pid)) if (run.address) runs++
          if (runs < 64) throw new Error(`only ${runs} runs`)
        })
      return await inTurn(15, ours, async () => (await theirs.round()) / 1e6)
    },
  },
  owners('ms', 3000),
  owners('MiB', 128),
]

/** Some pages of a file that 200 processes have mapped, 8 GiB together. */
function owners(unit: 'ms' | 'MiB', atMost: number): Row {
  return {
    name: unit === 'ms' ? 'owners' : 'owners-memory',
    what: `\`physmem owners\` of 3 pages, ${PROCESSES} processes with 8 GiB of mappings, ${unit === 'ms' ? 'whole process' : 'peak memory'}`,
    against: '`node -e 0`',
    unit,
    comparison: unit === 'ms' ? 'ratio' : 'difference',
    target: {},
    idle: { atMost },
    unavailable: hidden,
    measure: async (workshop) => {
      const { translate } = await builtTranslate()
      const file = workshop.file('shared', Math.floor(EACH / PAGE) * PAGE)
      using target = await Target.start(workshop, 'many', `${PROCESSES}`, file)
      const { address } = await translate(target.pid, target.address)
      const asked = [address, 0, 0x1000].map((one) => `0x${one.toString(16)}`)
      const figure = (spawned: { ms: number; mib: number }) =>
        unit === 'ms' ? spawned.ms : spawned.mib
      return await inTurn(
        7,
        async () => figure(await workshop.spawned(...command, 'owners', ...asked)),
        async () => figure(await workshop.spawned(process.execPath, '-e', '0')),
      )
    },
  }
}
