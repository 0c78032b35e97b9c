/** Fields of a register, and the names of their values. */
import { quote } from '../../text/refuse.ts'
import type { Enumeration, Field, WriteConstraint } from '../model.ts'
import { said, saidText, saidWords } from './derive.ts'
import { enumerationsOf } from './enumerations.ts'
import { parseNumber } from './numbers.ts'
import type { Reading } from './reading.ts'
import { repeatOf } from './repeat.ts'
import { Said } from './value.ts'
import { isTrue, readEffectOf, writeEffectOf } from './words.ts'
import { type Element, textOf } from './xml.ts'

/** A field of a register of `size` bits; undefined, and an issue, where it cannot be determined. */
export function fieldOf(
  reading: Reading,
  element: Element,
  size: number,
  above: string,
): Field | undefined {
  const { file, derivations } = reading
  const name = textOf(element, 'name')
  const path = `${above}.${name ?? '?'}`
  const chain = derivations.of(element, path)
  if (chain === undefined) return undefined
  const of = new Said(file, chain, path)
  if (name === undefined) {
    of.fault('no-name', 'this field has no name: it is left out')
    return undefined
  }
  const position = positionOf(of)
  if (position === undefined) return undefined
  const { lsb, width } = position
  const repeat = repeatOf(of, name)
  if (repeat === undefined) return undefined
  const elements = repeat === 'none' ? 0 : (repeat.count - 1) * repeat.stride
  if (lsb + width + elements > size) {
    const bits = `bits ${lsb} to ${lsb + width - 1 + elements}`
    of.fault('field-beyond-register', `it has ${bits} of a register of ${size}: it is left out`)
    return undefined
  }
  const field: Field = { name, lsb, width }
  const description = saidWords(chain, 'description')
  if (description !== undefined) field.description = description
  const access = reading.access(of)
  if (access !== undefined) field.access = access
  applyEffects(of, field, width)
  const enumerations = enumerationsOf(reading, chain, width, path)
  if (enumerations.length > 0) field.enumerations = enumerations as readonly Enumeration[]
  if (repeat !== 'none') field.repeat = repeat
  return file.keep(field, element)
}

/** What a load and a store do besides, and what may be stored: of a register or a field. */
export function applyEffects(
  of: Said,
  to: Pick<Field, 'readEffect' | 'writeEffect' | 'writeConstraint'>,
  width: number,
): void {
  const readEffect = of.word('readAction', readEffectOf)
  if (readEffect !== undefined) to.readEffect = readEffect
  const writeEffect = of.word('modifiedWriteValues', writeEffectOf)
  if (writeEffect !== undefined) to.writeEffect = writeEffect
  const constraint = constraintOf(of, width)
  if (constraint !== undefined) to.writeConstraint = constraint
}

function constraintOf(of: Said, width: number): WriteConstraint | undefined {
  const element = said(of.chain, 'writeConstraint')
  if (element === undefined) return undefined
  if (isTrue(textOf(element, 'writeAsRead'))) return { kind: 'as-read' }
  if (isTrue(textOf(element, 'useEnumeratedValues'))) return { kind: 'enumerated' }
  const range = element.children.find(({ name }) => name === 'range')
  if (range === undefined) return undefined
  const within = new Said(of.file, [range], of.path)
  const [minimum, maximum] = [within.number('minimum'), within.number('maximum')]
  if (minimum === undefined || maximum === undefined || minimum > maximum) {
    within.fault('bad-range', 'this range of values has no minimum up to a maximum: it is ignored')
    return undefined
  }
  if (maximum >> BigInt(width) !== 0n) {
    within.doubt('bad-range', `the maximum ${maximum} does not fit in ${width} bits`, 'maximum')
  }
  return { kind: 'range', minimum, maximum }
}

interface Bits {
  lsb: number
  width: number
}

/** Where a field is: by lsb and msb, bitOffset and bitWidth, or bitRange. */
function positionOf(of: Said): Bits | undefined {
  // A nearer element may say it in another way than what it is derived from.
  for (const element of of.chain) {
    const own = new Said(of.file, [element], of.path)
    const ways = [fromRange(own), fromEnds(own), fromOffset(own)]
    const found = ways.filter((way) => way !== undefined)
    if (found.length === 0) continue
    if (found.includes('bad')) return undefined
    const [first, ...more] = found as Bits[]
    const other = more.find((one) => one.lsb !== first?.lsb || one.width !== first.width)
    if (first === undefined || other === undefined) return first
    const both = `${bitsText(first)} and ${bitsText(other)}`
    of.fault('two-positions', `it is said to have ${both}: it is left out`)
    return undefined
  }
  of.fault('no-position', 'it has no bitRange, lsb and msb, or bitOffset: it is left out')
  return undefined
}

const bitsText = ({ lsb, width }: Bits) => `bits ${lsb} to ${lsb + width - 1}`

function fromRange(own: Said): Bits | 'bad' | undefined {
  const text = saidText(own.chain, 'bitRange')
  if (text === undefined) return undefined
  const match = /^\[?\s*([^:\s\]]+)\s*:\s*([^:\s\]]+)\s*\]?$/.exec(text)
  const msb = match === null ? undefined : parseNumber(match[1] ?? '')
  const lsb = match === null ? undefined : parseNumber(match[2] ?? '')
  if (msb !== undefined && lsb !== undefined) return between(own, lsb, msb, 'bitRange')
  const message = `bitRange is ${quote(text)}, expected bits such as [7:4]`
  own.fault('bad-position', `${message}: it is left out`, 'bitRange')
  return 'bad'
}

function fromEnds(own: Said): Bits | 'bad' | undefined {
  if (!own.has('lsb') && !own.has('msb')) return undefined
  const [lsb, msb] = [own.number('lsb'), own.number('msb')]
  if (lsb !== undefined && msb !== undefined) return between(own, lsb, msb, 'msb')
  own.fault('bad-position', 'lsb and msb are not both given as numbers: it is left out')
  return 'bad'
}

function between(own: Said, lsb: bigint, msb: bigint, name: string): Bits | 'bad' {
  if (lsb <= msb && msb < 64n) return { lsb: Number(lsb), width: Number(msb - lsb) + 1 }
  const why = lsb > msb ? `its lowest bit ${lsb} is above its highest` : 'registers have 64 bits'
  own.fault('bad-position', `it ends at bit ${msb}, and ${why}: it is left out`, name)
  return 'bad'
}

function fromOffset(own: Said): Bits | 'bad' | undefined {
  if (!own.has('bitOffset')) return undefined
  const lsb = own.number('bitOffset')
  const width = own.has('bitWidth') ? own.number('bitWidth') : 1n
  if (lsb === undefined || width === undefined) return 'bad'
  if (width >= 1n && lsb + width <= 64n) return { lsb: Number(lsb), width: Number(width) }
  const bits = `bitOffset is ${lsb} and bitWidth ${width}`
  own.fault('bad-position', `${bits}, of 64 bits: it is left out`, 'bitOffset')
  return 'bad'
}
