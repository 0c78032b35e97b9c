import type { Endian } from '../base/endian.ts'
import { RequestError } from '../base/errors.ts'
import { after, inTurn, type Pending } from '../base/pending.ts'
import type { Value, Width } from '../base/width.ts'
import type { System } from '../linux/system.ts'
import type { Location } from '../machine/machine.ts'
import type { Stepping } from '../memory/step.ts'
import { placeAt, showPlace } from '../place/at.ts'
import {
  type Bits,
  checkBits,
  extractBits,
  formatRange,
  type Operand,
  type Range,
} from '../place/index.ts'
import { checkReach } from '../place/registers.ts'
import type { Place } from '../place/schemes/index.ts'
import type { Base } from '../text/base.ts'
import { counted } from '../text/count.ts'
import { optionWord } from '../wording/command-line.ts'
import { checkWhole, elementAt, isBytewise, ordered } from './element.ts'
import type { Locator } from './locator.ts'
import { Plan, type PlannedStep } from './plan.ts'
import { type ShownAddress, shownAddress } from './shown-address.ts'

/** Most bytes that one operand reads; `dump` is made for more. */
export const MOST_BYTES = 2 ** 20

export interface ReadOptions {
  width: Width
  count?: number | undefined
  fixed?: boolean
  /** Absent for a command without that option. */
  unaligned?: boolean
  /** What the machine tells of itself; `undefined` where that is not known yet. */
  readonly system: System | undefined
}

/** What a name adds to what is read by it, for those who show it. */
export interface Naming {
  /** As it was named, with its field or bits. */
  name: string
  /** What of its fields is in these bits, and what it is now: `TXFE empty, BUSY 0`; may be empty. */
  changed(bits: bigint, value: Value, base: Base): string
  /** Where it is a field: its value with what that is called, `2 (Fast)`; `brief` is without. */
  spelled?(value: Value, base: Base, brief: boolean): string
  /** What documents have of it besides. */
  report(element: ReadElement): object
}

/** What one operand asks for, checked but not yet resolved. */
export interface ReadItem {
  place: Place
  bits: Bits | undefined
  width: Width
  count: number
  stepping: Stepping
  /** Accessed byte by byte, because it is misaligned and that is allowed. */
  bytewise: boolean
  /** What the person should be told about it. */
  note: string | undefined
  /** Of its values, where that is not what all have. */
  endian?: Endian
  /** Of a register that was named. */
  naming?: Naming
}

/** How many bytes from the place on are read. */
function bytesOf({ width, count, stepping }: ReadItem): number {
  return (width / 8) * (stepping === 'fixed' ? 1 : count)
}

/** Throws a RequestError when the operand does not go with the options. */
export function toReadItem(operand: Operand | Range, options: ReadOptions): ReadItem {
  const { width, fixed = false } = options
  const { place } = operand
  const bits = operand.kind === 'operand' ? operand.bits : undefined
  if (bits !== undefined) checkBits(bits, width, place.offset)
  const count = countOf(operand, options)
  if (!fixed) checkReach(place, count)
  if ((count * width) / 8 > MOST_BYTES) {
    throw new RequestError(
      'ERANGE',
      `${counted((count * width) / 8, 'byte')} from ${showPlace(place)}: one operand is at most 1 MiB`,
      { cure: 'use dump, which takes any length' },
    )
  }
  const bytewise = isBytewise(place, width, options, bits && bits.high + 1)
  if (bytewise && fixed) {
    const message = `byte accesses (${optionWord('unaligned')}) of one fixed address: choose one`
    throw new RequestError('EUSAGE', message)
  }
  const note = bytewise ? unalignedNote(place, width) : undefined
  return { place, bits, width, count, stepping: fixed ? 'fixed' : 'increment', bytewise, note }
}

export function unalignedNote(place: Place, width: Width): string {
  const where = showPlace(place)
  return `${where} is not aligned to ${width} bits: accessed as ${width / 8} single bytes`
}

function countOf(operand: Operand | Range, { width, count }: ReadOptions): number {
  if (operand.kind === 'operand') return count ?? 1
  const text = formatRange(operand)
  if (count !== undefined) {
    throw new RequestError('EUSAGE', `${text} has its own length: leave out ${optionWord('count')}`)
  }
  checkWhole(operand.length, width, text, operand.place)
  return (operand.length * 8) / width
}

/** One element that was read. */
export interface ReadElement {
  place: Place
  address: ShownAddress
  width: Width
  /** The whole access, in the order of bytes that was asked for. */
  value: Value
  bits?: Bits
  /** The bits that were asked for. */
  field?: Value
  /** Present when it was accessed byte by byte. */
  unaligned?: true
  naming?: Naming
}

/** A planned item, and after the run the elements that it gave. */
interface Reading {
  /** The elements that were read, as far as the run came. */
  elements(): ReadElement[]
}

/** Adds the item's step to the plan. */
function planReading(
  plan: Plan,
  item: ReadItem,
  { memory, address }: Location,
  { endian }: { endian: Endian },
): Reading {
  const { place, width, count, stepping, bytewise } = item
  const single = count === 1 && !bytewise
  const step: PlannedStep = plan.add(
    memory,
    place,
    single
      ? { op: 'read', address, width }
      : bytewise
        ? { op: 'readBlock', address, width: 8, count: (count * width) / 8 }
        : { op: 'readBlock', address, width, count, stepping },
    item.naming?.name,
  )
  const element = (index: number, value: Value): ReadElement => {
    const at = stepping === 'fixed' ? 0 : (index * width) / 8
    const { bits } = item
    return {
      place: placeAt(place, at),
      address: shownAddress(memory, address + at),
      width,
      value,
      ...(bits === undefined ? {} : { bits, field: extractBits(value, bits) }),
      ...(bytewise ? { unaligned: true } : {}),
      ...(item.naming && { naming: item.naming }),
    }
  }
  return {
    elements() {
      if (single) return step.done ? [element(0, ordered(step.value, width, endian))] : []
      const { bytes } = step
      const whole = Math.floor((bytes.length * 8) / width)
      return Array.from({ length: whole }, (_, index) =>
        element(index, elementAt(bytes, (index * width) / 8, width, endian)),
      )
    },
  }
}

/** What several items read, in their order, as one plan. */
export class Readings {
  readonly plan = new Plan()
  readonly #readings: Reading[] = []

  private constructor() {}

  /**
   * Finds all of them. Nothing is accessed. Throws, or rejects, for what is not there, or not inside
   * its memory.
   */
  static of(
    machine: Locator,
    items: readonly ReadItem[],
    how: { endian: Endian },
  ): Pending<Readings> {
    const readings = new Readings()
    const planned = inTurn(items, (item) =>
      after(machine.locate(item.place, bytesOf(item)), (found) => {
        const { endian = how.endian } = item
        readings.#readings.push(planReading(readings.plan, item, found, { endian }))
      }),
    )
    return after(planned, () => {
      readings.plan.check()
      return readings
    })
  }

  /** The elements that were read, as far as the last run came. */
  elements(): ReadElement[] {
    return this.#readings.flatMap((reading) => reading.elements())
  }
}
