import { hint } from '../../text/hint.ts'
import { formatHex } from '../../text/number.ts'
import { malformed } from '../../text/refuse.ts'
import { accepted } from '../../text/suggest.ts'
import { type Scheme, withOffset } from '../scheme.ts'
import { parseVirtual } from './pid.ts'
import { kernelPointer } from './pointer.ts'

/** A virtual address or a symbol of the kernel: `kernel:jiffies`, `kernel:0xffff888001000000`. */
export interface KernelPlace {
  scheme: 'kernel'
  /** A name of /proc/kallsyms, or a virtual address below 2^64. */
  at: string | bigint
  offset: number
}

export const kernel: Scheme<KernelPlace> = {
  name: 'kernel',
  example: 'kernel:jiffies+0x4',
  suffixesFrom: () => 0,
  parse: (subject, offset) => ({ scheme: 'kernel', at: parseKernelAddress(subject), offset }),
  format: (place) =>
    withOffset(typeof place.at === 'string' ? place.at : formatHex(place.at), place.offset),
  guess: (text) => {
    const pointer = kernelPointer(text)
    return pointer && `kernel:${pointer}`
  },
}

/** A virtual address below 2^64, or what may be the name of a symbol. Throws ESYNTAX or ERANGE. */
export function parseKernelAddress(text: string): string | bigint {
  if (/^[0-9]/.test(text)) return parseVirtual(text)
  // No symbol is called so.
  if (/^[0-9a-f]{16}$/i.test(text)) {
    const meant = accepted(`kernel:${text}`, `kernel:0x${text}`)
    throw malformed(
      `kernel:${text}`,
      'a place in the kernel',
      meant ? hint(meant) : 'a virtual address begins with 0x',
    )
  }
  if (/^[A-Za-z_$.][\w$.]*$/.test(text) && !text.includes('..')) return text
  throw malformed(
    `kernel:${text}`,
    'a place in the kernel',
    'expected a symbol or a virtual address, such as kernel:jiffies or kernel:0xffff888001000000',
  )
}
