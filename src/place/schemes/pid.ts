import { hint } from '../../text/hint.ts'
import { formatHex, parseNumber } from '../../text/number.ts'
import { malformed } from '../../text/refuse.ts'
import { accepted } from '../../text/suggest.ts'
import type { Scheme } from '../scheme.ts'
import { kernelPointer } from './pointer.ts'

/** A virtual address of a process, reached through physical memory: `pid:1234:0x7ffc12345678`. */
export interface PidPlace {
  scheme: 'pid'
  /** The number of the process, from 1 to 4194304 (include/linux/threads.h, PID_MAX_LIMIT). */
  pid: number
  /** A virtual address of it, below 2^64. */
  virtual: bigint
  offset: number
}

const what = 'the number of a process'
const largestPid = 0x40_0000n
const expected = 'expected PID:ADDRESS, such as pid:1234:0x7ffc12345678'

export const pid: Scheme<PidPlace> = {
  name: 'pid',
  example: 'pid:1234:0x7ffc12345678',
  suffixesFrom: (body) => (body.includes(':') ? body.indexOf(':') + 1 : body.length),
  parse: (subject, offset) => {
    const colon = subject.indexOf(':')
    if (colon < 0) {
      throw malformed(`pid:${subject}`, 'a place in a process', `it names no address, ${expected}`)
    }
    const number = parsePid(subject.slice(0, colon))
    const address = subject.slice(colon + 1)
    const pointer = address.startsWith('0x') ? undefined : kernelPointer(address)
    if (pointer !== undefined) {
      const meant = accepted(`pid:${subject}`, `kernel:${pointer}`)
      const why = meant ? hint(meant) : expected
      throw malformed(`pid:${subject}`, 'a place in a process', why)
    }
    const virtual = parseVirtual(address)
    return { scheme: 'pid', pid: number, virtual, offset }
  },
  format: ({ pid, virtual, offset }) => {
    const subject = `${pid}:${formatHex(virtual)}`
    return offset === 0 ? subject : `${subject}+${formatHex(offset)}`
  },
}

/** The number of a process, 1 to 4194304. Throws ESYNTAX or ERANGE. */
export function parsePid(text: string): number {
  if (text === 'self' || text === 'thread-self') {
    throw malformed(text, what, 'a number is needed, such as $$, which is that of the shell')
  }
  if (/^[A-Za-z][\w.-]*$/.test(text) && !/^[0-9a-f]+$/i.test(text)) {
    throw malformed(text, what, `a number is needed, such as $(pidof -s ${text})`)
  }
  const number = Number(parseNumber(text, { what, max: largestPid }))
  if (number > 0) return number
  throw malformed(text, what, 'they start at 1')
}

/** A virtual address below 2^64. Throws ESYNTAX or ERANGE. */
export function parseVirtual(text: string): bigint {
  return parseNumber(text, { what: 'a virtual address', max: 2n ** 64n - 1n })
}
