import { PhysmemError, RefusedError } from '../base/errors.ts'
import { after, attempt, type Pending } from '../base/pending.ts'
import type { Value } from '../base/width.ts'
import { type AccessFile, type FileOpener, openAccessFile } from '../engine/access-file.ts'
import { openingError } from '../engine/open-node.ts'
import {
  parseRegmapLine,
  type Regmap,
  readRegmap,
  registersFile,
  shownNumbers,
} from '../linux/regmap.ts'
import { checkLimits } from '../memory/bounds.ts'
import { BusMemory } from '../memory/bus-memory.ts'
import { systemClock } from '../memory/clock.ts'
import { type Bus, BusFault } from '../memory/interpreter.ts'
import type { Program } from '../memory/program.ts'
import { elementCount, type Step } from '../memory/step.ts'
import { refusalError } from '../refusal/error.ts'
import { explainRegmapOpen, explainRegmapRegister, NO_REGMAP_WRITES } from '../refusal/regmap.ts'

/** Bytes of a register in the memory, whatever it has on its bus: regmap_read() gives 32 bits. */
const BYTES = 4
/** Bytes that values have, in the order in which they are tried: a line that is longer gives none. */
const VALUE_BYTES = [1, 2, 3, 4, 8]

/**
 * The registers of a device as the regmap of its driver reads them, by debugfs; the address of a
 * register is 4 times its number. Read-only. Each access reads one line of the file `registers`, for
 * which the kernel reads that register, and no other (regmap_read_debugfs); one that does not change by
 * itself may come out of the driver's cache. Precious registers the kernel shows nobody. What is refused is
 * known before the first step. Rejects with ENOPLACE where there is no such regmap.
 */
export async function openRegmap(name: string, opener: FileOpener): Promise<RegmapMemory> {
  const file = await openAccessFile(opener, registersFile(name), 'read', (errno, system) =>
    explainRegmapOpen(errno, name, system),
  )
  try {
    const map = await opener.look(({ files }) => readRegmap(name, files))
    if (map !== undefined) return new RegmapMemory(name, map, file)
    const reason = 'its driver reports no registers'
    throw openingError(file.path, 'read', 'ENOENT', { code: 'ENOPLACE', reason })
  } catch (error) {
    await file.close()
    throw error
  }
}

/** The open file `registers`: reads as many bytes at a position as there are. */
export type RegmapFile = Pick<AccessFile, 'read' | 'close'>

/**
 * Registers of 32 bits, each read whole and once. EWIDTH for another width, EREFUSED for what writes, or
 * reads what is not shown.
 */
export class RegmapMemory extends BusMemory {
  readonly name: string
  readonly length: number
  readonly #map: Regmap
  readonly #file: RegmapFile
  /** The line of each register that is shown, from 0. */
  readonly #lines: ReadonlyMap<number, number>
  /** Bytes of a value, once a line was read. */
  #valueBytes: number | undefined
  protected readonly bus: Bus

  constructor(name: string, map: Regmap, file: RegmapFile) {
    super()
    this.name = `regmap:${name}`
    this.length = ((map.registers.at(-1)?.number ?? -1) + 1) * BYTES
    this.#map = map
    this.#file = file
    this.#lines = new Map(shownNumbers(map).map((number, line) => [number, line]))
    this.bus = {
      ...systemClock,
      name: this.name,
      widths: [32],
      load: (address) => this.#load(address / BYTES),
      store: () => {
        throw new Error('a program that writes is refused before')
      },
    }
  }

  protected release(): Pending<void> {
    return this.#file.close()
  }

  protected check(program: Program): void {
    checkLimits(program, this.bus)
    if (program.writes) throw refusalError(`${this.name} cannot be written`, NO_REGMAP_WRITES)
    for (const [index, step] of program.steps.entries()) this.#checkStep(step, index)
  }

  #checkStep(step: Step, index: number): void {
    if (!('address' in step)) return
    if (step.op === 'cache') {
      const message = `${this.name}: registers of a regmap have no cache lines`
      throw new RefusedError('EREFUSED', message, { step: index })
    }
    const { width } = step
    const count = 'stepping' in step && step.stepping === 'fixed' ? 1 : elementCount(step)
    for (let element = 0; element < count; element++) {
      const address = step.address + element * BYTES
      const number = address / BYTES
      if (this.#lines.has(number)) continue
      const what = `register 0x${number.toString(16)} of ${this.name} cannot be read`
      const refusal = explainRegmapRegister(number, this.#map)
      throw refusalError(what, refusal, { step: index, address, width })
    }
  }

  #load(number: number): Pending<Value> {
    const known = this.#valueBytes
    return this.#tryAll(number, known === undefined ? VALUE_BYTES : [known])
  }

  /** Reads its line, by the first length that gives any of it. */
  #tryAll(number: number, [valueBytes, ...others]: readonly number[]): Pending<Value> {
    if (valueBytes === undefined) throw new BusFault('nothing was read', 'EIO')
    // `%.*x: %.*x\n`
    const bytes = new Uint8Array(this.#map.digits + 2 * valueBytes + 3)
    const line = this.#lines.get(number) ?? 0
    return after(this.#read(bytes, line * bytes.length), (count) => {
      if (count === 0) return this.#tryAll(number, others)
      this.#valueBytes = valueBytes
      return this.#valueOf(new TextDecoder().decode(bytes.subarray(0, count)), number)
    })
  }

  #read(bytes: Uint8Array, position: number): Pending<number> {
    return attempt(
      () => this.#file.read(bytes, position),
      (error) => {
        if (error instanceof PhysmemError) throw error
        throw new BusFault(`nothing was read (${(error as NodeJS.ErrnoException).code})`, 'EIO')
      },
    )
  }

  #valueOf(text: string, number: number): Value {
    const line = parseRegmapLine(text)
    if (line === undefined || line.number !== number) {
      throw new BusFault('the kernel showed another register', 'EIO')
    }
    if (line.value === undefined) throw new BusFault('its driver could not read it', 'EIO')
    return line.value
  }
}
