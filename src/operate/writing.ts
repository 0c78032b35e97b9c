import type { Endian } from '../base/endian.ts'
import type { Value, Width } from '../base/width.ts'
import type { System } from '../linux/system.ts'
import type { Memory } from '../memory/memory.ts'
import { placeAt } from '../place/at.ts'
import {
  type Assignment,
  type Bits,
  bitsMask,
  checkBits,
  extractBits,
  literalValue,
  placeBits,
} from '../place/index.ts'
import type { Place } from '../place/schemes/index.ts'
import { bitsNeeded } from '../place/value.ts'
import type { ReadValue } from './blanks.ts'
import { elementAt, elementBytes, isBytewise, ordered } from './element.ts'
import type { Plan, PlannedStep } from './plan.ts'
import { type ShownAddress, shownAddress } from './shown-address.ts'

/** What one assignment asks for, checked but not yet resolved. */
export interface WriteItem {
  place: Place
  bits: Bits | undefined
  width: Width
  /** The bits, or without bits the whole value, in the order of bytes that a person means. */
  value: Value
  /** The whole value that is written; with bits, only those that `mask` selects count. */
  whole: Value
  mask: Value
  bytewise: boolean
}

/** Throws a RequestError when the assignment does not go with the width. */
export function toWriteItem(
  assignment: Assignment,
  width: Width,
  options: { unaligned: boolean; readonly system: System | undefined },
): WriteItem {
  const { place, bits } = assignment
  if (bits !== undefined) checkBits(bits, width, place.offset)
  const value = literalValue(assignment, bits ?? width)
  const bytewise = isBytewise(place, width, options, bits ? bits.high + 1 : bitsNeeded(assignment))
  const everything = { high: width - 1, low: 0 }
  const whole = bits === undefined ? value : placeBits(value, bits, width)
  return { place, bits, width, value, whole, mask: bitsMask(bits ?? everything, width), bytewise }
}

/** A planned assignment, and after the run what came of it. */
export interface Writing {
  readonly item: WriteItem
  readonly address: ShownAddress
  readonly done: boolean
  /** Of an assignment to bits: the whole value before and after. */
  readonly change: { old: Value; written: Value } | undefined
  /** The whole value that was read back. */
  readonly readBack: Value | undefined
}

/** Adds the steps of an assignment to the plan, and with `verify` a load after them. */
export function planWriting(
  plan: Plan,
  item: WriteItem,
  target: { memory: Memory; address: number },
  { endian, verify }: { endian: Endian; verify: boolean },
): Writing {
  const { width, bits, mask, whole, bytewise, place } = item
  const add = (step: Parameters<Plan['add']>[2]) => plan.add(target.memory, place, step)
  const { address } = target
  const change = bits && (bytewise ? updateBytes(item) : updateOnce())
  const store = change ?? writeAll()
  const check = verify ? readAll() : undefined
  return {
    item,
    address: shownAddress(target.memory, address),
    get done() {
      return store.done
    },
    get change() {
      return change?.done ? { old: change.old, written: change.written } : undefined
    },
    get readBack() {
      return check?.value
    },
  }

  function writeAll() {
    if (!bytewise) return add({ op: 'write', address, width, value: ordered(whole, width, endian) })
    return add({ op: 'writeBlock', address, width: 8, data: elementBytes(whole, width, endian) })
  }

  function updateOnce() {
    const selected = ordered(mask, width, endian)
    const value = ordered(whole, width, endian)
    const step = add({ op: 'update', address, width, mask: selected, value })
    return {
      get done() {
        return step.done
      },
      get old() {
        return ordered(step.value, width, endian)
      },
      get written() {
        return ordered(step.written, width, endian)
      },
    }
  }

  /** Bytes without selected bits are only read. */
  function updateBytes({ mask: wanted, whole: value }: WriteItem) {
    const masks = elementBytes(wanted, width, endian)
    const values = elementBytes(value, width, endian)
    const steps: PlannedStep[] = Array.from(masks, (byte, index) => {
      const at = { address: address + index, width: 8 } as const
      if (byte === 0) return add({ op: 'read', ...at })
      return add({ op: 'update', ...at, mask: byte, value: values[index] ?? 0 })
    })
    const join = (bytes: number[]) => elementAt(Uint8Array.from(bytes), 0, width, endian)
    return {
      get done() {
        return steps.every((step) => step.done)
      },
      get old() {
        return join(steps.map((step) => Number(step.value)))
      },
      get written() {
        const after = (step: PlannedStep, index: number) =>
          Number(masks[index] === 0 ? step.value : step.written)
        return join(steps.map(after))
      },
    }
  }

  function readAll() {
    const step = bytewise
      ? add({ op: 'readBlock', address, width: 8, count: width / 8 })
      : add({ op: 'read', address, width })
    return {
      get value(): Value | undefined {
        if (!step.done) return undefined
        if (bytewise) return elementAt(step.bytes, 0, width, endian)
        return ordered(step.value, width, endian)
      },
    }
  }
}

/** The places that an assignment updates by a read-modify-write: byte by byte, maybe in two pages. */
export function updatedElement({ place, bits, width, bytewise }: WriteItem): Place[] {
  if (bits === undefined) return []
  return bytewise ? [place, placeAt(place, width / 8 - 1)] : [place]
}

/** What was read for it, before or after the store. */
export function readsOf({ item, address, change, readBack }: Writing): ReadValue[] {
  const { place, width } = item
  const values = [change?.old, readBack].filter((value) => value !== undefined)
  return values.map((value) => ({ place, address, width, value }))
}

/** Whether what was read back is what was written, in the bits that were written. */
export function isVerified({ item, readBack }: Writing): boolean {
  if (readBack === undefined) return false
  const mask = BigInt(item.mask)
  return (BigInt(readBack) & mask) === (BigInt(item.whole) & mask)
}

/** The bits of a whole value that the assignment names, or all. */
export function fieldOf({ bits }: WriteItem, whole: Value): Value {
  return bits === undefined ? whole : extractBits(whole, bits)
}
