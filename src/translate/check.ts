/** What programs give to the functions of this room, checked before anything is opened. */

import { RequestError } from '../base/errors.ts'
import { ADDRESS_LIMIT } from '../base/limits.ts'
import { hex } from '../memory/value.ts'
import { counted } from '../text/count.ts'
import { formatHex } from '../text/number.ts'
import { shown } from '../text/options.ts'

/** A pid_t is an int of C; Linux gives far lower ones only. */
const MOST_PID = 2 ** 31 - 1

/** Entries of so many pages are read into memory at once: 32 GiB of pages of 4 KiB, 128 MiB. */
const MOST_PAGES = 2 ** 23

/** Throws EUSAGE for what is not a number, and ERANGE for a number that no process can have. */
export function checkPid(pid: unknown): void {
  if (typeof pid !== 'number') throw wrongType('a process number', 'a number', pid)
  if (Number.isInteger(pid) && pid > 0 && pid <= MOST_PID) return
  throw outOfRange(
    `${pid} is not a process number: expected a whole number from 1 to ${MOST_PID}`,
    pid,
  )
}

/** Throws EUSAGE for what is not a bigint, and ERANGE for one beyond virtual memory. */
export function checkVirtual(virtual: unknown): void {
  if (typeof virtual !== 'bigint') throw wrongType('a virtual address', 'a bigint', virtual)
  if (virtual >= 0n && virtual < 1n << 64n) return
  const expected = 'expected 0x0 to 0xffffffffffffffff'
  throw outOfRange(`${signedHex(virtual)} is not a virtual address: ${expected}`, virtual)
}

/** Throws EUSAGE for what is not a number, and ERANGE for one that is not a physical address. */
export function checkPhysical(address: unknown): void {
  if (typeof address !== 'number') throw wrongType('a physical address', 'a number', address)
  if (Number.isSafeInteger(address) && address >= 0 && address < ADDRESS_LIMIT) return
  const expected = `expected a whole number from 0x0 to ${hex(ADDRESS_LIMIT - 1)}`
  throw outOfRange(`${hex(address)} is not a physical address: ${expected}`, address)
}

/** Throws EUSAGE or ERANGE for a length that cannot be read in bulk from a virtual address. */
export function checkBulk(virtual: bigint, length: unknown, pageSize: number): void {
  if (typeof length !== 'number') throw wrongType('a length', 'a number', length)
  const most = MOST_PAGES * pageSize
  if (!Number.isSafeInteger(length) || length < 1 || length > most) {
    const expected = `expected 1 to ${counted(most, 'byte')}, or translateAll, which takes no memory for holes`
    throw outOfRange(`${length} is not a length to be read at once: ${expected}`, length)
  }
  if (virtual + BigInt(length) <= 1n << 64n) return
  const range = `${formatHex(virtual)} and ${formatHex(length)} bytes`
  throw outOfRange(`${range}: the end is beyond virtual memory`, length)
}

function signedHex(value: bigint): string {
  return value < 0n ? `-${formatHex(-value)}` : formatHex(value)
}

function wrongType(what: string, expected: string, came: unknown): RequestError {
  return new RequestError('EUSAGE', `${what}: expected ${expected}, not ${shown(came)}`)
}

function outOfRange(message: string, value: number | bigint): RequestError {
  return new RequestError('ERANGE', message, { input: `${value}` })
}
