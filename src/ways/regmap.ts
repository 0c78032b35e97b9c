import { closeSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { RefusedError } from '../base/errors.ts'
import type { Value } from '../base/width.ts'
import { openingError, openNode } from '../engine/open-node.ts'
import { systemAt } from '../engine/system-at.ts'
import { parseRegmapLine, REGMAPS, type Regmap, readRegmap, shownNumbers } from '../linux/regmap.ts'
import type { LocalSystem } from '../linux/system.ts'
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
 * known before the first step. Throws ENOPLACE where there is no such regmap.
 */
export function openRegmap(name: string, system: LocalSystem = systemAt()): RegmapMemory {
  const path = system.at(join(REGMAPS, name, 'registers'))
  const { fd } = openNode(path, 'read', (errno) => explainRegmapOpen(errno, name, system.now()))
  const map = readRegmap(name, system.files)
  if (map === undefined) {
    closeSync(fd)
    const reason = 'its driver reports no registers'
    throw openingError(path, 'read', 'ENOENT', { code: 'ENOPLACE', reason })
  }
  const node = {
    read: (bytes: Uint8Array, position: number) => readSync(fd, bytes, 0, bytes.length, position),
    close: () => closeSync(fd),
  }
  return new RegmapMemory(name, map, node)
}

/** The open file `registers`. */
export interface RegmapNode {
  /** Reads bytes at a position, as many as there are. */
  read(bytes: Uint8Array, position: number): number
  close(): void
}

/**
 * Registers of 32 bits, each read whole and once. EWIDTH for another width, EREFUSED for what writes, or
 * reads what is not shown.
 */
export class RegmapMemory extends BusMemory {
  readonly name: string
  readonly length: number
  readonly #map: Regmap
  readonly #node: RegmapNode
  /** The line of each register that is shown, from 0. */
  readonly #lines: ReadonlyMap<number, number>
  /** Bytes of a value, once a line was read. */
  #valueBytes: number | undefined
  protected readonly bus: Bus

  constructor(name: string, map: Regmap, node: RegmapNode) {
    super()
    this.name = `regmap:${name}`
    this.length = ((map.registers.at(-1)?.number ?? -1) + 1) * BYTES
    this.#map = map
    this.#node = node
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

  protected release(): void {
    this.#node.close()
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

  #load(number: number): Value {
    const line = this.#lines.get(number) ?? 0
    const tried = this.#valueBytes === undefined ? VALUE_BYTES : [this.#valueBytes]
    for (const valueBytes of tried) {
      // `%.*x: %.*x\n`
      const bytes = new Uint8Array(this.#map.digits + 2 * valueBytes + 3)
      const count = this.#read(bytes, line * bytes.length)
      if (count === 0) continue
      this.#valueBytes = valueBytes
      return this.#valueOf(new TextDecoder().decode(bytes.subarray(0, count)), number)
    }
    throw new BusFault('nothing was read', 'EIO')
  }

  #read(bytes: Uint8Array, position: number): number {
    try {
      return this.#node.read(bytes, position)
    } catch (error) {
      throw new BusFault(`nothing was read (${(error as NodeJS.ErrnoException).code})`, 'EIO')
    }
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
