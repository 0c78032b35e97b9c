import { quote } from '../../../text/refuse.ts'
import type { Repeat } from '../../model.ts'
import { type Entry, mapTree } from '../tree.ts'
import type { Keyed } from './layers.ts'
import { type Context, select } from './select.ts'

/** Parts that are alike, in the order of where they are, and how they repeat. */
export interface Row<T> {
  first: T
  all: ReadonlySet<T>
  repeat: Repeat
  before: string
  after: string
}

/** The parts that a key means, as a row of equal distances; anything else is reported. */
export function rowOf<T extends { name: string }>(
  items: readonly T[],
  keyed: Keyed,
  what: string,
  placeOf: (item: T) => number,
  sizeOf: (item: T) => number,
  context: Context,
): Row<T> | undefined {
  const { chosen, spec } = select(items, keyed, what, context)
  const row = [...chosen].sort((a, b) => placeOf(a) - placeOf(b))
  const [first, second] = row
  if (first === undefined) return undefined
  const fail = (message: string) => {
    keyed.layer.reading.error('collect', context.path, keyed.at, `${keyed.key}: ${message}`)
    return undefined
  }
  const parts = row.map(({ name }) => spec.middle(name))
  const names = parts.map((part) => part?.middle ?? '')
  const { before = '', after = '' } = parts[0] ?? {}
  if (row.length > 1 && parts.some((part) => part?.before !== before || part.after !== after)) {
    return fail('a pattern such as CH*, with what differs in the place of the *, is needed')
  }
  if (names.some((name) => !/^\w*$/.test(name)) || new Set(names).size !== names.length) {
    return fail(
      `what differs in ${row
        .map(({ name }) => quote(name))
        .slice(0, 4)
        .join(', ')} is not a name`,
    )
  }
  const stride = second === undefined ? sizeOf(first) : placeOf(second) - placeOf(first)
  for (const [index, item] of row.entries()) {
    if (sizeOf(item) !== sizeOf(first)) return fail(`${item.name} is not as wide as ${first.name}`)
    if (placeOf(item) === placeOf(first) + index * stride && (index === 0 || stride > 0)) continue
    return fail(`${item.name} is not as far after the one before it as ${second?.name} is`)
  }
  const isCounted = names.every((name, index) => name === `${index}`)
  const repeat = { count: row.length, stride, ...(isCounted ? {} : { names }) }
  return { first, all: chosen, repeat, before, after }
}

/** The name of an array, and what else is said of it. */
export function arrayKeys<T>(keyed: Keyed, { before, after, repeat }: Row<T>) {
  const given = textOf(keyed, 'name')
  const name = given ?? `${before}%s${after}`
  const entries = keyed.value.kind === 'map' ? [...keyed.value.entries.values()] : []
  const value = mapTree(keyed.value.at, entries.filter(isProperty))
  if (keyed.value.kind === 'map' && keyed.value.entries.has('_start_from_zero')) delete repeat.names
  return { name: name.includes('%s') ? name : `${name}[%s]`, rest: { ...keyed, value } }
}

function isProperty({ key }: Entry): boolean {
  return !key.startsWith('_') && key !== 'name'
}

export function textOf({ value }: Keyed, key: string): string | undefined {
  const found = value.kind === 'map' ? value.entries.get(key)?.value : undefined
  return found?.kind === 'text' ? found.text : undefined
}

/** The parts with `one` in the place of the first of a row, and without the others. */
export function instead<T>(items: readonly T[], { first, all }: Row<T & object>, one: T): T[] {
  return items.flatMap((item) => {
    if (item === first) return [one]
    return (all as ReadonlySet<unknown>).has(item) ? [] : [item]
  })
}
