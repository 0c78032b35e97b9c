import { quote } from '../../text/refuse.ts'
import type { Access, EnumeratedValue, Enumeration, Field, WriteConstraint } from '../model.ts'
import { READ_ACTIONS, WRITE_VALUES } from '../xml/effects.ts'
import { child, childrenOf, wordsOf, type XmlElement } from '../xml/tree.ts'
import { Part } from './part.ts'
import { ACCESS } from './words.ts'

/** A field, and what it is after a reset. */
export interface ReadField {
  field: Field
  reset?: bigint
  resetMask?: bigint
}

const LARGEST = 2n ** 64n - 1n

/** Nothing for one that cannot be read, which is reported. */
export function readField(part: Part, size: number): ReadField | undefined {
  const { element } = part
  if (!part.isPresent) return undefined
  const lsb = part.needed('bitOffset', 2 ** 32)
  const width = part.needed('bitWidth', 2 ** 32)
  if (lsb === undefined || width === undefined) return undefined
  if (width === 0n || lsb + width > BigInt(size)) {
    const bits = width === 0n ? 'it has no bits' : `bits ${lsb + width - 1n}:${lsb} do not exist`
    part.error('field-beyond-register', `${bits}: the register has bits 0 to ${size - 1}`)
    return undefined
  }
  // IEEE 1685-2022 has rights and effects in a policy of each mode; the first is taken.
  const policies = child(element, 'fieldAccessPolicies')
  const policy = policies && child(policies, 'fieldAccessPolicy')
  const from = policy ?? element
  const access = accessOf(part, from)
  if (access === 'none') return undefined
  const bits = Number(width)
  const description = wordsOf(element, 'description')
  const readEffect = part.word('readAction', READ_ACTIONS, from)
  const writeEffect = part.word('modifiedWriteValue', WRITE_VALUES, from)
  const enumerations = enumerationsOf(part, bits)
  const writeConstraint = constraintOf(part, child(from, 'writeValueConstraint'))
  const field: Field = {
    name: part.text('name') ?? '',
    ...(description === undefined ? {} : { description }),
    lsb: Number(lsb),
    width: bits,
    ...(access === undefined ? {} : { access }),
    ...(readEffect === undefined ? {} : { readEffect }),
    ...(writeEffect === undefined ? {} : { writeEffect }),
    ...(enumerations.length === 0 ? {} : { enumerations }),
    ...(writeConstraint === undefined ? {} : { writeConstraint }),
  }
  return { field, ...resetOf(part, child(element, 'resets'), bits) }
}

/** `none`: no program may access it (2022). */
export function accessOf(part: Part, from: XmlElement): Access | 'none' | undefined {
  return part.word('access', { ...ACCESS, 'no-access': 'none' as const }, from)
}

/** The first reset of several, as `HARD` is. */
export function resetOf(
  part: Part,
  resets: XmlElement | undefined,
  bits: number,
): { reset?: bigint; resetMask?: bigint } {
  const first = resets && child(resets, 'reset')
  if (first === undefined) return {}
  const largest = (1n << BigInt(bits)) - 1n
  const reset = part.number('value', largest, first)
  const mask = part.number('mask', largest, first)
  if (reset === undefined) return {}
  return { reset, ...(mask === undefined ? {} : { resetMask: mask }) }
}

const USAGES = ['read', 'write', 'read-write'] as const

function enumerationsOf(part: Part, width: number): Enumeration[] {
  const all = childrenOf(child(part.element, 'enumeratedValues'), 'enumeratedValue')
  return USAGES.flatMap((usage) => {
    const own = all.filter((one) => (one.attributes.usage ?? 'read-write') === usage)
    const values = own.flatMap((one) => readValue(part, one, width))
    return values.length === 0 ? [] : [{ usage, values }]
  })
}

function readValue(part: Part, element: XmlElement, width: number): EnumeratedValue[] {
  const name = child(element, 'name')?.text ?? ''
  const value = part.number('value', LARGEST, element)
  if (name === '' || value === undefined) return []
  if (value >> BigInt(width) !== 0n) {
    const message = `${quote(name)} is ${value}, which does not fit in the ${width} bits of the field`
    part.error('value-too-wide', message, element)
    return []
  }
  const description = wordsOf(element, 'description')
  return [{ name, ...(description === undefined ? {} : { description }), value }]
}

function constraintOf(part: Part, element: XmlElement | undefined): WriteConstraint | undefined {
  if (element === undefined) return undefined
  if (child(element, 'writeAsRead')) return { kind: 'as-read' }
  if (child(element, 'useEnumeratedValues')) return { kind: 'enumerated' }
  const minimum = part.number('minimum', LARGEST, element)
  const maximum = part.number('maximum', LARGEST, element)
  if (minimum === undefined || maximum === undefined) return undefined
  return { kind: 'range', minimum, maximum }
}

/** The fields of a register, of which no two have one name. */
export function readFields(register: Part, size: number): ReadField[] {
  return childrenOf(register.element, 'field').flatMap((element) => {
    const name = child(element, 'name')?.text ?? ''
    if (name === '') register.error('missing', 'a field has no <name>', element)
    if (name === '') return []
    const path = `${register.path}.${name}`
    return readField(new Part(element, path, register.notes), size) ?? []
  })
}
