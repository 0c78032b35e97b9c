import { parseNumber } from '../../text/number.ts'
import { quote } from '../../text/refuse.ts'
import type { EnumeratedValue, Enumeration } from '../model.ts'
import { attempt, join, Part, type Reading, Unexpected } from './reading.ts'
import { cameOf, type MapTree, type Tree } from './tree.ts'
import { fits } from './words.ts'

/** Sets of values that have a name in the file. */
export type Shared = ReadonlyMap<string, MapTree>

const EXPECTED = 'a value such as 3 or 0b1xx, or other'

/** A value of an enumeration: a number, bits with `x` for those that do not count, or `other`. */
export function parseEnumerated(text: string): Pick<EnumeratedValue, 'value' | 'mask'> {
  if (text === 'other') return {}
  const bits = /^(?:0b|#)([01x]+)$/i.exec(text.replaceAll('_', ''))?.[1]?.toLowerCase()
  if (bits === undefined) return { value: parseNumber(text, { max: 2n ** 64n - 1n }) }
  if (bits.length > 64) throw new Unexpected(`${quote(text)} has more than 64 bits`)
  const value = BigInt(`0b${bits.replaceAll('x', '0')}`)
  if (!bits.includes('x')) return { value }
  return { value, mask: BigInt(`0b${bits.replaceAll('0', '1').replaceAll('x', '0')}`) }
}

/** `values`, `read-values` and `write-values` of a field of `width` bits. */
export function enumerationsOf(part: Part, width: number, shared: Shared): Enumeration[] {
  const usages = [
    ['values', 'read-write'],
    ['read-values', 'read'],
    ['write-values', 'write'],
  ] as const
  return usages.flatMap(([key, usage]) => {
    const found = valuesAt(part, key, shared)
    if (found === undefined) return []
    const values = readValues(part.reading, part.path, found.map, width)
    return [{ ...(found.name === undefined ? {} : { name: found.name }), usage, values }]
  })
}

function valuesAt(part: Part, key: string, shared: Shared) {
  const given = part.entry(key)?.value
  if (given === undefined) return undefined
  if (given.kind === 'map') return { map: given }
  const name = given.kind === 'text' ? given.text : ''
  const map = shared.get(name)
  if (map !== undefined) return { map, name }
  const names = [...shared.keys()]
  const known = names.length === 0 ? '' : ` or one of ${names.slice(0, 8).join(', ')}`
  part.refuse(
    key,
    'value',
    `expected a mapping from names to values${known}, ${cameOf(given, quote)}`,
  )
  return undefined
}

/** Values that do not fit, or that two names share, are reported; the former are left out. */
export function readValues(reading: Reading, path: string, map: MapTree, width: number) {
  const values: EnumeratedValue[] = []
  const seen = new Map<string, string>()
  for (const { key: name, value: tree, at } of map.entries.values()) {
    if (!reading.spend(path, at)) break
    const here = join(path, name)
    const made = readValue(reading, here, name, tree)
    if (made === undefined) continue
    if (name === '' || /[\p{Cc}\s]/u.test(name)) {
      reading.error(
        'name',
        path,
        at,
        `${quote(name)} is not a name of a value: it is empty or has blanks`,
      )
      continue
    }
    if (made.value !== undefined && !fits(made.value | (made.mask ?? 0n), width)) {
      const message = `${made.value} does not fit in the ${width === 1 ? 'one bit' : `${width} bits`} of the field`
      reading.error('value-too-wide', here, tree.at, message)
      continue
    }
    const same = `${made.value}/${made.mask}`
    const other = seen.get(same)
    if (other !== undefined)
      reading.warning('duplicate-value', here, tree.at, `${other} has this value, too`)
    seen.set(same, name)
    values.push(made)
  }
  return values
}

function readValue(
  reading: Reading,
  path: string,
  name: string,
  tree: Tree,
): EnumeratedValue | undefined {
  const given = valueAndText(reading, path, tree)
  if (given === undefined) return undefined
  const [text, description] = given
  const made = attempt(() => parseEnumerated(text))
  if ('value' in made) return { name, ...(description && { description }), ...made.value }
  reading.error('value', path, tree.at, made.message)
  return undefined
}

/** `3`, `[3, "Text"]` or `{ value: 3, description: Text }`. */
function valueAndText(reading: Reading, path: string, tree: Tree) {
  if (tree.kind === 'text' && tree.text !== '') return [tree.text, undefined] as const
  if (tree.kind === 'list') {
    const [value, text] = tree.items
    if (tree.items.length === 2 && value?.kind === 'text' && text?.kind === 'text') {
      return [value.text, text.text] as const
    }
    reading.error('value', path, tree.at, 'expected a value and a text, such as [3, "Fast"]')
    return undefined
  }
  if (tree.kind === 'map') {
    const part = new Part(reading, path, tree, ['value', 'description'])
    const value = part.text('value')
    if (value === undefined && !part.bad) part.missing('value', '"value: 3"')
    return value === undefined || part.bad
      ? undefined
      : ([value, part.text('description')] as const)
  }
  reading.error('value', path, tree.at, `expected ${EXPECTED}, ${cameOf(tree, quote)}`)
  return undefined
}
