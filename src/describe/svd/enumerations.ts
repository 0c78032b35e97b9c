/** enumeratedValues: the names of a field's values. */

import { counted } from '../../text/count.ts'
import { quote } from '../../text/refuse.ts'
import type { EnumeratedValue, Enumeration } from '../model.ts'
import { type Chain, saidText, words } from './derive.ts'
import { parsePattern } from './numbers.ts'
import type { Reading } from './reading.ts'
import { Said } from './value.ts'
import { isTrue } from './words.ts'
import { type Element, textOf } from './xml.ts'

/** The enumerations of a field of `width` bits: at most one for each usage. */
export function enumerationsOf(
  reading: Reading,
  field: Chain,
  width: number,
  path: string,
): readonly Enumeration[] {
  const found: Enumeration[] = []
  for (const element of reading.derivations.enumerationsOf(field)) {
    const one = enumerationOf(reading, element, width, path)
    if (one === undefined) continue
    const other = found.find(({ usage }) => usage === one.usage || usage === 'read-write')
    if (other === undefined && !(one.usage === 'read-write' && found.length > 0)) found.push(one)
    else {
      const message = 'the values of this field have names already: these are left out'
      new Said(reading.file, [element], path).fault('enumeration-twice', message)
    }
  }
  return found
}

function enumerationOf(
  { file, derivations }: Reading,
  element: Element,
  width: number,
  path: string,
): Enumeration | undefined {
  const chain = derivations.of(element, path)
  if (chain === undefined) return undefined
  const of = new Said(file, chain, path)
  const usage = of.word('usage', (text) => USAGES.find((one) => one === text)) ?? 'read-write'
  const source = chain.find((one) => one.children.some(isValue)) ?? element
  const values = source.children.filter(isValue).flatMap((one) => {
    const value = enumeratedValueOf(new Said(file, [one], path), width)
    return value === undefined ? [] : [value]
  })
  noteDoubles(of, values, source)
  const name = saidText([element], 'name')
  return { ...(name === undefined ? {} : { name }), usage, values }
}

const USAGES = ['read', 'write', 'read-write'] as const

const isValue = ({ name }: Element) => name === 'enumeratedValue'

function enumeratedValueOf(of: Said, width: number): EnumeratedValue | undefined {
  const [element] = of.chain
  const name = textOf(element, 'name')
  const text = textOf(element, 'value')
  if (name === undefined) {
    of.fault('no-name', 'this value has no name: it is left out')
    return undefined
  }
  const named: EnumeratedValue = { name }
  const description = words(textOf(element, 'description'))
  if (description !== undefined) named.description = description
  if (text === undefined) {
    if (isTrue(textOf(element, 'isDefault'))) return named
    of.fault('no-value', `${quote(name)} has neither a value nor isDefault: it is left out`)
    return undefined
  }
  const pattern = parsePattern(text)
  if (pattern === undefined) {
    const message = `the value of ${quote(name)} is not a number: ${quote(text)}`
    of.fault('not-a-number', `${message}: it is left out`, 'value')
    return undefined
  }
  const { value, any } = pattern
  // Don't-care bits above the field are as good as none.
  const all = (1n << BigInt(width)) - 1n
  if (value > all) {
    const message = `the value of ${quote(name)}, ${value}, does not fit in ${bits(width)}`
    of.fault('enum-value-too-wide', `${message}: it is left out`, 'value')
    return undefined
  }
  named.value = value
  // Bits above the digits are 0, as in any number.
  if ((any & all) !== 0n) named.mask = all & ~any
  return named
}

const bits = (width: number) => counted(width, 'bit')

/** Names and values that stand there twice are kept: who uses one is warned. */
function noteDoubles(of: Said, values: readonly EnumeratedValue[], source: Element): void {
  const at = new Said(of.file, [source], of.path)
  const names = new Set<string>()
  const numbers = new Map<string, string>()
  for (const { name, value, mask } of values) {
    if (names.has(name)) at.doubt('enum-name-twice', `two values have the name ${quote(name)}`)
    names.add(name)
    const key = `${value}/${mask}`
    const other = numbers.get(key)
    if (other !== undefined && other !== name) {
      const both = `${quote(other)} and ${quote(name)}`
      const what = value === undefined ? 'are both the default' : `have one value, ${value}`
      at.doubt('enum-value-twice', `${both} ${what}`)
    }
    numbers.set(key, other ?? name)
  }
}
