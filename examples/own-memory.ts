/**
 * A kind of memory of one's own: a board that is reached through the monitor of its boot loader,
 * which understands `read WIDTH ADDRESS` and `write WIDTH ADDRESS VALUE`. What a memory must do is
 * written down as the contract, which any memory can be tried on.
 */
import { contract } from 'physmem/contract'
import {
  type Bus,
  BusFault,
  closedError,
  interpret,
  Memory,
  type Program,
  type Results,
  type RunOptions,
  RunQueue,
  systemClock,
  type Value,
  type Width,
} from 'physmem/memory'

/** Sends a line to the monitor and gives its answer; over a serial port, a socket, … */
type Ask = (line: string) => Promise<string>

class MonitorMemory extends Memory {
  readonly name = 'monitor'
  readonly length: number
  readonly #bus: Bus
  readonly #queue = new RunQueue()
  #closed = false

  constructor(ask: Ask, length: number, readOnly = false) {
    super()
    this.length = length
    this.#bus = {
      ...systemClock,
      name: this.name,
      length,
      readOnly,
      load: (address, width) => this.#load(ask, address, width),
      store: async (address, width, value) => {
        await command(ask, `write ${width} ${address} ${value}`)
      },
    }
  }

  /** Programs come one after the other; each that asks for more than the bus has is refused whole. */
  async run(program: Program, options?: RunOptions): Promise<Results> {
    if (this.#closed) throw closedError(this.name)
    return await this.#queue.add(() => interpret(program, this.#bus, options), options?.signal)
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#queue.idle()
  }

  async #load(ask: Ask, address: number, width: Width): Promise<Value> {
    const answer = await command(ask, `read ${width} ${address}`)
    return width === 64 ? BigInt(answer) : Number(answer)
  }
}

/** A refusal of the monitor is a fault of the access. */
async function command(ask: Ask, line: string): Promise<string> {
  const answer = await ask(line)
  if (answer.startsWith('error')) throw new BusFault(`the monitor says "${answer}"`)
  return answer
}

/** The other end of the line, for want of a board: RAM, of which the second half is missing. */
function standInBoard(length: number): Ask {
  const ram = Buffer.alloc(length / 2)
  return async (line) => {
    const [verb = '', width = '', address = '', value = '0'] = line.split(' ')
    const [at, bytes] = [Number(address), Number(width) / 8]
    if (at + bytes > ram.length) return 'error: no memory here'
    if (verb === 'read') return String(ram.subarray(at, at + bytes).reduceRight(join, 0n))
    for (let i = 0; i < bytes; i++) ram[at + i] = Number((BigInt(value) >> BigInt(8 * i)) & 0xffn)
    return 'ok'
  }
}

const join = (value: bigint, byte: number) => (value << 8n) | BigInt(byte)

const length = 0x8000
const board = standInBoard(length)
const subject = {
  memory: new MonitorMemory(board, length),
  reading: new MonitorMemory(board, length, true),
  base: 0,
  length: length / 2,
  widths: [8, 16, 32, 64] as const,
  faultAddress: length / 2,
}
let kept = 0
for (const { name, skip, check } of contract) {
  const reason = skip?.(subject)
  if (reason !== undefined) console.log(`skipped: ${name}: ${reason}`)
  else {
    await check(subject).catch((error: Error) => {
      throw new Error(`${name}: ${error.message}`, { cause: error })
    })
    kept++
  }
}
console.log(`${kept} of ${contract.length} cases of the contract are kept`)
