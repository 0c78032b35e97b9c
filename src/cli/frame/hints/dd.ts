/** `dd if=/dev/mem bs=SIZE skip=BLOCKS count=BLOCKS [of=FILE]`, and the same of what is written. */
import { formatHex } from '../../../place/index.ts'

type Line = readonly string[]

const MEMORY = '/dev/mem'

/** What it multiplies a number by. */
const UNITS: Readonly<Record<string, number>> = {
  ...{ '': 1, c: 1, w: 2, b: 512, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30 },
}

export function dd(words: Line): Line[] {
  const given = new Map(
    words.map((word) => [word.replace(/=.*/s, ''), word.replace(/^[^=]*=/, '')]),
  )
  const known = ['if', 'of', 'bs', 'skip', 'seek', 'count', 'status', 'conv']
  if (![...given.keys()].every((key) => known.includes(key))) return []
  const size = numberOf(given.get('bs') ?? '512')
  const bytes = (key: string) => size * numberOf(given.get(key) ?? '0')
  const from = given.get('if')
  const to = given.get('of')
  if (from === MEMORY && given.has('count')) {
    const range = [bytes('skip'), bytes('count')]
    if (!range.every(Number.isSafeInteger) || to === MEMORY) return []
    const [start = 0, length = 0] = range
    const line = ['dump', `${formatHex(start)}..+${formatHex(length)}`]
    const whole = to === undefined ? line : [...line, '--output', to]
    return [whole, [...whole, '--width', '8']]
  }
  const isWhole = !given.has('count') && !given.has('skip')
  const at = bytes('seek')
  if (to !== MEMORY || from === undefined || !isWhole || !Number.isSafeInteger(at)) return []
  return [['load', formatHex(at), from]]
}

/** A number of dd, which is decimal and may have a unit; not a number for all else. */
function numberOf(text: string): number {
  const [, digits = '', unit = ''] = /^([0-9]+)([cwbkmg]?)$/i.exec(text) ?? []
  return Number(digits === '' ? Number.NaN : digits) * (UNITS[unit.toLowerCase()] ?? Number.NaN)
}
