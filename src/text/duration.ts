import { didYouMean, type Hinted } from './hint.ts'
import { parseNumber } from './number.ts'
import { clip, malformed, quote, refusal } from './refuse.ts'
import { accepted, suggesting } from './suggest.ts'

const units = [
  { name: 'm', us: 60_000_000 },
  { name: 's', us: 1_000_000 },
  { name: 'ms', us: 1_000 },
  { name: 'us', us: 1 },
]
const longestUs = 365 * 24 * 60 * 60 * 1_000_000

/**
 * A duration: a whole decimal number and a unit, `us`, `ms`, `s` or `m` (minutes); `0` needs no
 * unit. Returns microseconds, at most a year of them. Throws ESYNTAX, or ERANGE when it is longer.
 */
export function parseDurationUs(text: string): number {
  return suggesting(text, readDuration, () => readDuration(text))
}

function readDuration(text: string): number {
  if (text === '0') return 0
  const count = /^[0-9_.]*/.exec(text)?.[0] ?? ''
  const unitName = text.slice(count.length)
  if (!/^[0-9]/.test(count)) {
    throw malformed(
      text,
      'a duration',
      'expected a number and a unit, such as 50ms, 10us, 2s or 1m',
    )
  }
  const unit = units.find(({ name }) => name === unitName)
  if (unit === undefined) throw malformed(text, 'a duration', whyNoUnit(count, unitName))
  if (count.includes('.')) throw malformed(text, 'a duration', whyNotWhole(text, count, unit.us))
  if (/^0[0-9]+$/.test(count)) {
    const meant = accepted(text, count.replace(/^0+(?=.)/, '') + unitName)
    throw malformed(text, 'a duration', didYouMean('it has a leading zero', meant))
  }
  const us = parseNumber(count, { what: 'a whole number' }) * BigInt(unit.us)
  if (us > BigInt(longestUs)) {
    const most = `the longest is ${formatDuration(longestUs)}, a year`
    throw refusal('ERANGE', `${clip(text)} is too long for a duration: ${most}`, text)
  }
  return Number(us)
}

function whyNoUnit(count: string, unit: string): string | Hinted {
  const why = (wrong: string, meant: string) =>
    didYouMean(wrong, accepted(count + unit, count + meant), ' (units: us, ms, s, m)')
  if (unit === '') return why('it has no unit', 'ms')
  const lower = unit.toLowerCase()
  const meant = /^min/.test(lower)
    ? 'm'
    : /^sec/.test(lower)
      ? 's'
      : lower === 'µs' || lower === 'μs'
        ? 'us'
        : lower
  return why(`${quote(unit)} is not a unit`, meant)
}

function whyNotWhole(text: string, count: string, unitUs: number): string | Hinted {
  const us = Number(count) * unitUs
  const meant = Number.isSafeInteger(us) ? formatDuration(us) : undefined
  return didYouMean('expected a whole number', accepted(text, meant))
}

/** The canonical text of a duration in microseconds, in the largest unit that divides it. */
export function formatDuration(us: number): string {
  if (us === 0) return '0'
  const unit = units.find((candidate) => us % candidate.us === 0)
  return unit === undefined ? `${us}us` : `${us / unit.us}${unit.name}`
}
