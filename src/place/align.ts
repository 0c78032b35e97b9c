import { joined, sentence } from '../base/cure.ts'
import { RequestError } from '../base/errors.ts'
import { ADDRESS_LIMIT } from '../base/limits.ts'
import type { Width } from '../base/width.ts'
import { counted } from '../text/count.ts'
import { formatAddress, formatHex } from '../text/number.ts'
import { wordRemedy } from '../wording/cure.ts'

/** Whether `address` is a multiple of the access width; address 0 lies `misalignment` bytes after a multiple of 8. */
export function isAligned(address: number | bigint, width: Width, misalignment = 0): boolean {
  return beyondEight(address, misalignment) % (width / 8) === 0
}

/** How many bytes after a multiple of 8. */
function beyondEight(address: number | bigint, misalignment: number): number {
  const low = typeof address === 'bigint' ? Number(address % 8n) : address % 8
  return (low + misalignment) % 8
}

/**
 * Throws EALIGN when `address` (or an offset, or a virtual address) is not a multiple of the access width. The message
 * names the neighbours that are, and the widest access that is possible right there. `place` is
 * how the person named it, when that is more than the address; `end` is the first address that there
 * is not, where it is known; address 0 lies `misalignment` bytes after a multiple of 8.
 */
export function checkAligned(
  address: number | bigint,
  width: Width,
  place?: string,
  end?: bigint,
  misalignment = 0,
): void {
  if (isAligned(address, width, misalignment)) return
  const size = width / 8
  const beyond = beyondEight(address, misalignment)
  const below = BigInt(address) - BigInt(beyond % size)
  const above = below + BigInt(size)
  const limit = end ?? (typeof address === 'bigint' ? 2n ** 64n : BigInt(ADDRESS_LIMIT))
  // An offset in something is as long as it is; an address has one width wherever it is shown.
  const isAddress = place === undefined || /^0x[0-9a-f]+$/.test(place)
  const needs = [below, above]
    .filter((neighbour) => neighbour >= 0n && neighbour < limit)
    .map((n) => (isAddress ? formatAddress(n) : formatHex(n)))
  const possible = ([32, 16, 8] as const).find((other) => beyond % (other / 8) === 0) ?? 8
  const name = place ?? formatHex(address)
  const shown = isAddress ? formatAddress(address) : name
  const what =
    misalignment === 0
      ? `is not a multiple of ${size}`
      : `is ${counted(beyond % size, 'byte')} past a multiple of ${size} in physical memory`
  const fitting = sentence`use ${{ option: 'width', value: possible }}`
  const bytewise = sentence`${{ option: 'unaligned' }} to access it byte by byte`
  const cure = joined([fitting, bytewise], ', or ')
  throw new RequestError(
    'EALIGN',
    `${shown} ${what}: a ${width}-bit access needs ${needs.join(' or ')}`,
    {
      input: name,
      place: name,
      ...(typeof address === 'number' ? { address } : { virtual: address }),
      width,
      ...wordRemedy({ cure }),
    },
    { remedy: { cure, cures: [fitting, bytewise] } },
  )
}
