import { formatHex, type OpenRange, type Operand, type Range } from '../../place/index.ts'
import { malformed } from '../../text/refuse.ts'

type Asked = Operand | Range | OpenRange

/** What a bare number behind a place is elsewhere, in the words of a command's options. */
export type Meaning = (text: string) => string

/** Below it an address is hardly named beside others: it is the first page. */
const PAGE = 0x1000

/** How people write a count: a decimal number of few digits. */
const COUNT = /^[1-9][0-9]{0,3}$/

/**
 * Refuses a bare number behind a place which is a count or a width to other tools: an access at it is
 * nothing that anybody asked for. Such is a decimal number of one to four digits behind any place, and
 * any number below 0x1000 behind a place that is none. Whoever means the address 0x20 writes `0x20+0`,
 * or gives it first.
 */
export function refuseBareNumbers(
  texts: readonly string[],
  asked: readonly Asked[],
  meaning: Meaning,
): void {
  const low = texts.map((text, index) => bareLow(text, asked[index]))
  const found = texts.findIndex((text, index) => {
    if (index === 0 || low[index] === undefined) return false
    return COUNT.test(text) || low.slice(0, index).includes(undefined)
  })
  const text = texts[found]
  if (text === undefined) return
  const address = `an address (${formatHex(low[found] ?? 0)}+0)`
  const why = `it may be ${meaning(text)} or ${address}`
  throw malformed(text, 'a place behind another', why)
}

/** The address that a text is which holds nothing else, in the first page or written as a count. */
function bareLow(text: string, asked: Asked | undefined): number | undefined {
  if (asked?.kind !== 'operand' || asked.bits !== undefined) return undefined
  const { scheme, offset } = asked.place
  if (scheme !== 'address' || text.includes('+')) return undefined
  return offset < PAGE || COUNT.test(text) ? offset : undefined
}

/** Whether a bare number is one of the widths that there are. */
export function isWidth(text: string): boolean {
  return /^(?:8|16|32|64)$/.test(text)
}
