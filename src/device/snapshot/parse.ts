import * as v from 'valibot'
import { isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml'
import { RequestError } from '../../base/errors.ts'
import { WIDTHS } from '../../base/width.ts'
import { formatPlace, parsePlace } from '../../place/place.ts'
import { clip, quote } from '../../text/refuse.ts'
import { type SavedRegister, SNAPSHOT_FORMAT, type Snapshot } from './format.ts'

const text = v.pipe(
  v.string('expected a text'),
  v.minLength(1, 'expected a text, not an empty one'),
)

const REGISTER = v.strictObject({
  register: text,
  place: text,
  width: v.picklist(WIDTHS, `expected a width: ${WIDTHS.join(', ')}`),
  value: v.pipe(
    v.string('expected a value as a text, such as "0x00000301"'),
    v.regex(/^0x[0-9a-fA-F]{1,16}$/, 'expected a value such as "0x00000301"'),
  ),
})

const SNAPSHOT = v.strictObject({
  format: v.literal(SNAPSHOT_FORMAT, `expected ${quote(SNAPSHOT_FORMAT)}`),
  chip: v.optional(text),
  target: text,
  time: v.pipe(v.string('expected a time'), v.isoTimestamp('expected a time as ISO 8601')),
  registers: v.array(REGISTER, 'expected a list of registers'),
  skipped: v.optional(
    v.array(v.strictObject({ register: text, why: text }), 'expected a list of registers'),
  ),
})

type Path = readonly (string | number)[]

/**
 * A snapshot out of the text of its file. Throws ESYNTAX with line and column for what is none: a person
 * may have edited it, and what it says would be written to registers.
 */
export function parseSnapshot(file: string, content: string): Snapshot {
  let json: unknown
  try {
    json = JSON.parse(content)
  } catch {
    throw syntaxError(file, content)
  }
  const fail = (path: Path, why: string): never => {
    const { line, col } = positionOf(content, path)
    throw refused(file, line, col, `${nameOf(path)}${why}`)
  }
  const parsed = v.safeParse(SNAPSHOT, json)
  if (!parsed.success) {
    const [issue] = parsed.issues
    const path = (issue.path ?? []).map(({ key }) => key as string | number)
    return fail(path, whyOf(issue))
  }
  const snapshot = parsed.output
  const seen = new Map<string, number>()
  for (const [index, saved] of snapshot.registers.entries()) {
    checkSaved(saved, (key, why) => fail(['registers', index, key], why))
    // Two registers of one name are two places.
    const key = `${saved.register} ${canonical(saved.place)} ${saved.width}`
    const before = seen.get(key)
    if (before !== undefined) {
      const first = positionOf(content, ['registers', before, 'register']).line
      fail(['registers', index, 'register'], `it is in line ${first}, too`)
    }
    seen.set(key, index)
  }
  const { chip, skipped, ...rest } = snapshot
  return { ...rest, ...(chip === undefined ? {} : { chip }), ...(skipped ? { skipped } : {}) }
}

function checkSaved(
  { place, width, value }: SavedRegister,
  fail: (key: keyof SavedRegister, why: string) => never,
): void {
  if (BigInt(value) >> BigInt(width) !== 0n) fail('value', `${value} does not fit in ${width} bits`)
  try {
    parsePlace(place)
  } catch (error) {
    if (!(error instanceof RequestError)) throw error
    fail('place', error.message)
  }
}

/** A place that somebody wrote with other zeros or signs is the same place. */
export function canonical(place: string): string {
  try {
    return formatPlace(parsePlace(place))
  } catch (error) {
    if (error instanceof RequestError) return place
    throw error
  }
}

/** `registers[3].value: `. */
function nameOf(path: Path): string {
  const name = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${clip(key)}`)).join('')
  return name === '' ? '' : `${name.replace(/^\./, '')}: `
}

function whyOf({ message, type, received }: { message: string; type: string; received: string }) {
  if (type === 'strict_object') {
    if (received === 'undefined') return 'it is missing'
    return /never/.test(message) ? 'there is no such member' : 'expected an object'
  }
  return `${message}, not ${clip(received.replace(/^"(.*)"$/, '$1'))}`
}

function refused(file: string, line: number, column: number, why: string): RequestError {
  const message = `${clip(file)}:${line}:${column}: ${why}`
  return new RequestError('ESYNTAX', message, { file, line, column, input: file })
}

/** Where a member stands, or what should have it. JSON is YAML, whose parser knows its positions. */
export function positionOf(content: string, path: Path): { line: number; col: number } {
  const lines = new LineCounter()
  const document = parseDocument(content, { lineCounter: lines, schema: 'json' })
  let node: unknown = document.contents
  let at = 0
  for (const key of path) {
    if (isMap(node)) {
      const pair = node.items.find((one) => isScalar(one.key) && one.key.value === key)
      if (pair === undefined) break
      node = pair.value ?? pair.key
    } else if (isSeq(node)) node = node.items[Number(key)]
    else break
    const { range } = (node ?? {}) as { range?: [number, number, number] }
    at = range?.[0] ?? at
  }
  return lines.linePos(at)
}

function syntaxError(file: string, content: string): RequestError {
  const at = firstWrong(content)
  const before = content.slice(0, at).split('\n')
  const column = (before.at(-1)?.length ?? 0) + 1
  const why = at === content.length ? 'it ends too early' : 'this is not JSON'
  return refused(file, before.length, column, `${why}: expected what physmem snapshot writes`)
}

/** How much of a text is the beginning of a JSON text. Not all versions of Node say where it is wrong. */
function firstWrong(content: string): number {
  let [good, bad] = [0, content.length + 1]
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2)
    if (isBeginning(content.slice(0, middle))) good = middle
    else bad = middle
  }
  return good
}

function isBeginning(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch (error) {
    const { message } = error as Error
    if (/end of JSON|Unterminated/.test(message)) return true
    const position = /position (\d+)/.exec(message)?.[1]
    return position !== undefined && Number(position) >= text.length
  }
}
