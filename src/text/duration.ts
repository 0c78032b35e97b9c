import { parseNumber } from './number.ts'
import { clip, malformed, quote, refusal } from './refuse.ts'

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
  if (unit === undefined) throw malformed(text, 'a duration', whyNoUnit(clip(count), unitName))
  if (count.includes('.')) throw malformed(text, 'a duration', whyNotWhole(count, unit.us))
  if (/^0[0-9]+$/.test(count)) {
    const meant = clip(count.replace(/^0+(?=.)/, ''))
    throw malformed(text, 'a duration', `it has a leading zero, did you mean ${meant}${unitName}?`)
  }
  const us = parseNumber(count, { what: 'a whole number' }) * BigInt(unit.us)
  if (us > BigInt(longestUs)) {
    const most = `the longest is ${formatDuration(longestUs)}, a year`
    throw refusal('ERANGE', `${clip(text)} is too long for a duration: ${most}`, text)
  }
  return Number(us)
}

function whyNoUnit(count: string, unit: string): string {
  if (unit === '') return `it has no unit, did you mean ${count}ms? (units: us, ms, s, m)`
  const lower = unit.toLowerCase()
  const meant = /^min/.test(lower)
    ? 'm'
    : /^sec/.test(lower)
      ? 's'
      : lower === 'µs' || lower === 'μs'
        ? 'us'
        : lower
  const known = units.some(({ name }) => name === meant)
  const hint = known ? `, did you mean ${count}${meant}?` : ''
  return `${quote(unit)} is not a unit${hint} (units: us, ms, s, m)`
}

function whyNotWhole(count: string, unitUs: number): string {
  const us = Number(count) * unitUs
  const hint = Number.isSafeInteger(us) ? `, did you mean ${formatDuration(us)}?` : ''
  return `expected a whole number${hint}`
}

/** The canonical text of a duration in microseconds, in the largest unit that divides it. */
export function formatDuration(us: number): string {
  if (us === 0) return '0'
  const unit = units.find((candidate) => us % candidate.us === 0)
  return unit === undefined ? `${us}us` : `${us / unit.us}${unit.name}`
}
