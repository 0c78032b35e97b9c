import { ADDRESS_LIMIT } from '../../base/limits.ts'
import { WIDTHS } from '../../base/width.ts'
import { quote } from '../../text/refuse.ts'
import { parseLiteral } from '../ipxact/numbers.ts'
import { ACCESS, lookUp } from '../ipxact/words.ts'
import type { Field, Register } from '../model.ts'
import type { Notes } from '../notes.ts'
import { READ_ACTIONS, WRITE_VALUES } from '../xml/effects.ts'
import { child, childrenOf, type XmlElement } from '../xml/tree.ts'

/** `<PROPERTY NAME="SIZE" VALUE="32"/>`, by name; those that say nothing are left out. */
function propertiesOf(element: XmlElement): Map<string, string> {
  return new Map(
    childrenOf(element, 'PROPERTY').flatMap(({ attributes: { NAME, VALUE } }) =>
      NAME === undefined || VALUE === undefined || VALUE.trim() === ''
        ? []
        : [[NAME, VALUE.trim()]],
    ),
  )
}

interface Part {
  name: string
  path: string
  at: XmlElement
  said: Map<string, string>
  notes: Notes
}

function partOf(at: XmlElement, path: string, notes: Notes): Part | undefined {
  const name = at.attributes.NAME?.trim() ?? ''
  if (name === '') {
    notes.error('missing', path, at, `a <${at.name}> has no NAME`)
    return undefined
  }
  return { name, path: `${path}.${name}`, at, said: propertiesOf(at), notes }
}

/** A number that must be there; anything else is reported. */
function needed({ said, path, at, notes }: Part, name: string, max: number): number | undefined {
  const text = said.get(name)
  const value = text === undefined ? undefined : parseLiteral(text)
  if (value !== undefined && value <= BigInt(max)) return Number(value)
  const came = text === undefined ? 'there is none' : `got ${quote(text)}`
  notes.error('value', path, at, `${name}: expected a number, ${came}`)
  return undefined
}

/** Rights and effects, in the words of IP-XACT, which this comes from. */
function rightsOf({ said, path, at, notes }: Part) {
  const word = <T>(name: string, table: Readonly<Record<string, T>>): T | undefined => {
    const text = said.get(name)
    const value = text === undefined ? undefined : lookUp(table, text)
    if (text !== undefined && value === undefined)
      notes.warning('value', path, at, `${name} is ${quote(text)}: it is ignored`)
    return value
  }
  const readEffect = word('READ_ACTION', READ_ACTIONS)
  const writeEffect = word('MODIFIED_WRITE_VALUES', WRITE_VALUES)
  const description = said.get('DESCRIPTION')?.replace(/\s+/g, ' ')
  return {
    access: word('ACCESS', ACCESS),
    rest: {
      ...(description === undefined ? {} : { description }),
      ...(readEffect === undefined ? {} : { readEffect }),
      ...(writeEffect === undefined ? {} : { writeEffect }),
    },
  }
}

/** The registers in a `<REGISTERS>`; of `IS_ENABLED` false, none. */
export function readRegisters(registers: XmlElement, block: string, notes: Notes): Register[] {
  return childrenOf(registers, 'REGISTER').flatMap((element): Register[] => {
    const part = partOf(element, block, notes)
    if (part === undefined || part.said.get('IS_ENABLED') === 'false') return []
    const offset = needed(part, 'ADDRESS_OFFSET', ADDRESS_LIMIT - 1)
    const size = needed(part, 'SIZE', 2 ** 32)
    if (offset === undefined || size === undefined) return []
    const width = WIDTHS.find((one) => one >= size)
    if (width === undefined || size === 0) {
      const message = `it has ${size} bits: expected 1 to 64`
      notes.error('register-too-wide', part.path, element, message)
      return []
    }
    const reset = parseLiteral(part.said.get('RESET_VALUE') ?? '')
    const { access = 'read-write', rest } = rightsOf(part)
    return [
      {
        ...{ kind: 'register', name: part.name, offset, size, width, access, ...rest },
        ...(reset === undefined || reset >> BigInt(size) !== 0n ? {} : { reset }),
        fields: fieldsOf(element, part, size),
      },
    ]
  })
}

function fieldsOf(register: XmlElement, { path, notes }: Part, size: number): Field[] {
  return childrenOf(child(register, 'FIELDS'), 'FIELD').flatMap((element): Field[] => {
    const part = partOf(element, path, notes)
    if (part === undefined || part.said.get('IS_ENABLED') === 'false') return []
    const lsb = needed(part, 'BIT_OFFSET', 2 ** 32)
    const width = needed(part, 'BIT_WIDTH', 2 ** 32)
    if (lsb === undefined || width === undefined) return []
    if (width === 0 || lsb + width > size) {
      const bits = width === 0 ? 'it has no bits' : `bits ${lsb + width - 1}:${lsb} do not exist`
      const message = `${bits}: the register has bits 0 to ${size - 1}`
      notes.error('field-beyond-register', part.path, element, message)
      return []
    }
    const { access, rest } = rightsOf(part)
    return [{ name: part.name, lsb, width, ...(access === undefined ? {} : { access }), ...rest }]
  })
}
