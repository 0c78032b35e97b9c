import { RequestError } from '../../base/errors.ts'
import { physicalAddressBits } from '../../linux/cpu.ts'
import type { Files } from '../../linux/files.ts'
import { formatAddress } from '../../text/number.ts'

/** What every CPU has: below, /proc/cpuinfo need not be read. */
const EVERY_CPU = 2 ** 32

/** Throws ERANGE when this CPU has no physical addresses for `bytes` bytes at `address`. */
export function checkPhysical(address: number, length: number, files: Files): void {
  if (address + length <= EVERY_CPU) return
  const bits = physicalAddressBits(files)
  if (address + length <= 2 ** bits) return
  const last = formatAddress(address + length - 1)
  const what =
    address < 2 ** bits
      ? `${formatAddress(address)} to ${last} reaches`
      : `${formatAddress(address)} is`
  throw new RequestError(
    'ERANGE',
    `${what} beyond this CPU's memory: its addresses have ${bits} bits (the last is ${formatAddress(2 ** bits - 1)})`,
    { address },
  )
}
