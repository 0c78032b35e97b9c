import type { Endian } from '../base/endian.ts'
import type { Value, Width } from '../base/width.ts'
import { type FoundField, type FoundRegister, fieldsOf } from '../describe/lookup.ts'
import type { Access, ReadEffect, Register, WriteEffect } from '../describe/model.ts'
import { asValue } from '../memory/elements.ts'
import { placeAt, showPlace } from '../place/at.ts'
import type { Place } from '../place/schemes/index.ts'
import { swapValue } from '../place/value.ts'
import { refusal } from '../text/refuse.ts'

/** Where something is. */
export interface At {
  place: Place
  start?: never
  behind?: never
}

/**
 * As many bytes after `start` as a register of its device says, whose load has no effect. It has no
 * place before that was read: see `settled`.
 */
export interface Behind {
  start: Place
  behind: { place: Place; width: Width }
  place?: never
}

export type Whereabouts = At | Behind

/** A register as its description has it. */
interface Described {
  /** As it is shown, and found again: `UART0.FR`, `pl011@0x09000000.FR`. */
  name: string
  found: FoundRegister
  /** Of its bytes in memory. */
  endian: Endian
  /** What else is described where it is: other names of its location, and what overlaps it. */
  sharing: () => readonly FoundRegister[]
  /** What describes it: a file, `sim:`, or `physmem` for the blocks that it brings. */
  from: string
  /** Why its device may not answer now: a clause, such as `it is suspended`. */
  asleep?: string
}

/** A register on a machine whose place is known: what is accessed is one of these. */
export type SettledRegister = Described & At

/** A described register, and where it is on a machine. */
export type DeviceRegister = Described & Whereabouts

/** Where it is, and nothing else of it. */
export function whereOf({ place, start, behind }: Whereabouts): Whereabouts {
  return place === undefined ? { start, behind } : { place }
}

/** Which memory it is in, as a place there that is not to be accessed for it. */
export function placeInMemory({ place, start }: Whereabouts): Place {
  return place ?? start
}

/** A mask of the lowest bits. */
export function ones(bits: number): bigint {
  return (1n << BigInt(bits)) - 1n
}

/** The bits of a field in its register. */
export function maskOf({ lsb, width }: Pick<FoundField, 'lsb' | 'width'>): bigint {
  return ones(width) << BigInt(lsb)
}

export function widthOf({ found }: DeviceRegister): Width {
  return found.register.width
}

/** The value that is meant by what memory holds, and the other way round. */
export function inOrder(value: Value, register: DeviceRegister): Value {
  const width = widthOf(register)
  return register.endian === 'big' ? swapValue(value, width) : asValue(value, width)
}

/** Whether it can be loaded at all, as far as is known. */
export function isReadable(access: Access | undefined): boolean {
  return access !== 'write-only' && access !== 'write-once'
}

export function isWritable(access: Access | undefined): boolean {
  return access !== 'read-only'
}

/** What a load of it does, by the register or any of its fields; `none` where that is said of it. */
export function readEffectOf(
  register: Register,
): { effect: ReadEffect; field?: string } | undefined {
  if (register.readEffect !== undefined) return { effect: register.readEffect }
  for (const { name, field } of fieldsOf(register)) {
    const { readEffect } = field
    if (readEffect !== undefined && readEffect !== 'none')
      return { effect: readEffect, field: name }
  }
  return undefined
}

/** What a store makes of the bits of a field. */
export function writeEffectOf(register: Register, field?: FoundField): WriteEffect | undefined {
  return field?.field.writeEffect ?? register.writeEffect
}

/**
 * Whether it has 3 bytes on an I2C bus: the fourth of an access of 32 bits would be that of the next
 * register, and first or last in the value.
 */
function isOfOddBytes({ place, found }: DeviceRegister): boolean {
  const { size, width } = found.register
  return place?.scheme === 'i2c' && Math.ceil(size / 8) < width / 8
}

/**
 * Why no single access has all of it, as a clause; `undefined` where one does: a register of 64 bits
 * on a bus of 32 is two accesses, and what it holds may change between them.
 */
export function splitText(register: DeviceRegister): string | undefined {
  const { size, width } = register.found.register
  if (isOfOddBytes(register)) return `it has ${size} bits, and I2C is accessed with 8, 16 or 32`
  return size > width ? `it has ${size} bits and its bus carries ${width} at a time` : undefined
}

/** Refuses (EUSAGE) the single access that would load or store a part of a register as the whole. */
export function refuseSplit(register: DeviceRegister): void {
  if (splitText(register) === undefined) return
  const { name, place, found } = register
  const { size, width } = found.register
  if (isOfOddBytes(register)) {
    const text = `${name} has ${size} bits, and an I2C device is accessed with 8, 16 or 32: read its bytes by their addresses`
    throw refusal('EUSAGE', text, name)
  }
  const count = Math.ceil(size / width)
  const parts = count === 2 ? 'its halves are two accesses' : 'its parts are several accesses'
  const last = (count - 1) * (width / 8)
  const where =
    place === undefined
      ? ''
      : `, ${[place, placeAt(place, last)].map((one) => showPlace(one)).join(count === 2 ? ' and ' : ' to ')}`
  const text = `${name} has ${size} bits and its bus carries ${width} at a time: ${parts}, by address${where}`
  throw refusal('EUSAGE', text, name)
}
