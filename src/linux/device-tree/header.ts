/** The header of a flattened device tree: Devicetree Specification v0.4, 5.2 and 5.3. */
import { counted } from '../../text/count.ts'
import { formatHex } from '../../text/number.ts'
import { broken } from './refuse.ts'

/** A range of memory that the boot program keeps the system from using. */
export interface Reservation {
  address: bigint
  length: bigint
}

export interface Header {
  version: number
  /** The CPU that booted the system. */
  bootCpu: number
  reservations: Reservation[]
  /** Where the structure block begins and ends, in bytes from the beginning. */
  structure: Extent
  strings: Extent
  /** The end of the whole, as the header says it. What follows in a file is not looked at. */
  totalSize: number
}

export interface Extent {
  start: number
  end: number
}

/** Twice what arm64 takes (arch/arm64/include/asm/boot.h, MAX_FDT_SIZE). */
export const maxTreeBytes = 4 << 20

const MAGIC = 0xd00dfeed
const HEADER_BYTES = { 16: 36, 17: 40 } as const

/** Throws EDEVICETREE, with the offset of what is wrong. `name` is what messages call the blob. */
export function parseHeader(blob: Buffer, name: string): Header {
  const refuse = (why: string) => broken(`${name} is not a flattened device tree: ${why}`, name)
  const fail = (offset: number, what: string) => damaged(name, offset, what)
  if (blob.length < HEADER_BYTES[16]) {
    throw refuse(
      `it has ${counted(blob.length, 'byte')}, but the header alone has ${HEADER_BYTES[17]}`,
    )
  }
  const magic = blob.readUInt32BE(0)
  if (magic !== MAGIC) {
    throw refuse(`it begins with ${formatHex(magic, 32)}, not with ${formatHex(MAGIC)}`)
  }
  const field = (offset: number) => blob.readUInt32BE(offset)
  const version = field(0x14)
  const readableAs = field(0x18)
  if (version < 16 || readableAs > 17) {
    const what = `version ${version} (readable as ${readableAs})`
    throw broken(`${name} is a flattened device tree of ${what}: expected 16 or 17`, name)
  }
  const headerBytes = HEADER_BYTES[version === 16 ? 16 : 17]
  const totalSize = field(4)
  if (totalSize > maxTreeBytes) throw tooLarge(name, totalSize)
  if (totalSize < headerBytes) {
    throw fail(
      4,
      `the total size is ${totalSize}, but the header alone has ${counted(headerBytes, 'byte')}`,
    )
  }
  if (totalSize > blob.length) {
    throw broken(`${name} is cut off: it has ${blob.length} of ${counted(totalSize, 'byte')}`, name)
  }

  const block = (offset: number, alignment: number, what: string): number => {
    const start = field(offset)
    if (start % alignment !== 0) {
      throw fail(offset, `the ${what} begins at ${formatHex(start)}, no multiple of ${alignment}`)
    }
    if (start < headerBytes || start > totalSize) {
      throw fail(offset, `the ${what} begins at ${formatHex(start)}, outside of ${extent}`)
    }
    return start
  }
  const sized = (start: number, offset: number, what: string): Extent => {
    const end = start + field(offset)
    if (end <= totalSize) return { start, end }
    throw fail(offset, `the ${what} ends at ${formatHex(end)}, outside of ${extent}`)
  }
  const extent = `${formatHex(headerBytes)}..${formatHex(totalSize)}`

  const reserved = block(0x10, 8, 'memory reservation block')
  const structureStart = block(0x08, 4, 'structure block')
  const stringsStart = block(0x0c, 1, 'strings block')
  return {
    version,
    bootCpu: field(0x1c),
    reservations: parseReservations(blob, reserved, totalSize, fail),
    // Version 16 does not say how long the structure block is: it ends with its last token.
    structure:
      version === 16
        ? { start: structureStart, end: totalSize }
        : sized(structureStart, 0x24, 'structure block'),
    strings: sized(stringsStart, 0x20, 'strings block'),
    totalSize,
  }
}

function parseReservations(
  blob: Buffer,
  start: number,
  end: number,
  fail: (offset: number, what: string) => Error,
): Reservation[] {
  const reservations: Reservation[] = []
  for (let offset = start; ; offset += 16) {
    if (offset + 16 > end) {
      throw fail(offset, 'the memory reservation block has no end: its last entry is of zeros')
    }
    const address = blob.readBigUInt64BE(offset)
    const length = blob.readBigUInt64BE(offset + 8)
    if (address === 0n && length === 0n) return reservations
    reservations.push({ address, length })
  }
}

export function damaged(name: string, offset: number, what: string): Error {
  return broken(`${name} is damaged at ${formatHex(offset)}: ${what}`, name)
}

export function tooLarge(name: string, length: number): Error {
  const limit = `at most ${maxTreeBytes >> 20} MiB`
  return broken(
    `${name} is too large for a device tree: ${counted(length, 'byte')}, expected ${limit}`,
    name,
  )
}
