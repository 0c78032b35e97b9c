import { ADDRESS_LIMIT } from '../../base/limits.ts'
import { WIDTHS } from '../../base/width.ts'
import { counted } from '../../text/count.ts'
import type { Access, Cluster, Register, Repeat } from '../model.ts'
import { child, childrenOf, wordsOf } from '../xml/tree.ts'
import { accessOf, type ReadField, readFields, resetOf } from './fields.ts'
import { Part } from './part.ts'

/** What registers are where they do not say themselves. */
interface Inherited {
  access: Access
  /** Bits of an address unit, in bytes. */
  unit: number
}

/** Register files in register files. */
const DEEPEST = 16
const MOST_ELEMENTS = 2 ** 32

/** The registers and register files of an address block or register file, in the order of the file. */
export function readRegisters(
  parent: Part,
  inherited: Inherited,
  depth = 0,
): (Register | Cluster)[] {
  return parent.element.children.flatMap((element): (Register | Cluster)[] => {
    if (element.name !== 'register' && element.name !== 'registerFile') return []
    const name = child(element, 'name')?.text ?? ''
    if (name === '') parent.error('missing', `a ${element.name} has no <name>`, element)
    if (name === '') return []
    const part = new Part(
      element,
      parent.path === '' ? name : `${parent.path}.${name}`,
      parent.notes,
    )
    if (!part.isPresent) return []
    if (element.name === 'register') return readRegister(part, name, inherited)
    return readFile(part, name, inherited, depth)
  })
}

function offsetOf(part: Part, unit: number): number | undefined {
  const offset = part.needed('addressOffset', ADDRESS_LIMIT - 1)
  return offset === undefined ? undefined : Number(offset) * unit
}

function readFile(part: Part, name: string, inherited: Inherited, depth: number): Cluster[] {
  const offset = offsetOf(part, inherited.unit)
  const range = part.number('range', ADDRESS_LIMIT)
  if (depth >= DEEPEST) part.error('too-deep', `register files nest up to ${DEEPEST} deep`)
  if (depth >= DEEPEST || offset === undefined) return []
  const stride = range === undefined ? undefined : Number(range) * inherited.unit
  const repeat = repeatOf(part, stride, inherited.unit)
  if (repeat === 'unknown') return []
  const description = wordsOf(part.element, 'description')
  return [
    {
      kind: 'cluster',
      name: repeat === undefined ? name : `${name}[%s]`,
      ...(description === undefined ? {} : { description }),
      offset,
      children: readRegisters(part, inherited, depth + 1),
      ...(repeat === undefined ? {} : { repeat }),
    },
  ]
}

function readRegister(part: Part, name: string, inherited: Inherited): Register[] {
  const { element } = part
  const offset = offsetOf(part, inherited.unit)
  const size = Number(part.needed('size', 2 ** 32) ?? 0)
  if (offset === undefined || size === 0) return []
  const width = WIDTHS.find((one) => one >= size)
  if (width === undefined) {
    part.error('register-too-wide', `it has ${size} bits: no access has more than 64`)
    return []
  }
  const policies = child(element, 'accessPolicies')
  const policy = policies && child(policies, 'accessPolicy')
  const access = accessOf(part, policy ?? element) ?? inherited.access
  if (access === 'none') return []
  const repeat = repeatOf(part, Math.ceil(size / 8), inherited.unit)
  if (repeat === 'unknown') return []
  const fields = readFields(part, size)
  const displayName = part.text('displayName')
  const description = wordsOf(element, 'description')
  const register: Register = {
    kind: 'register',
    name: repeat === undefined ? name : `${name}[%s]`,
    ...(displayName === undefined ? {} : { displayName }),
    ...(description === undefined ? {} : { description }),
    ...{ offset, size, width, access },
    // IEEE 1685-2009 has it at the register, later ones at the fields.
    ...(child(element, 'reset') ? resetOf(part, element, size) : resetByFields(fields, size)),
    fields: fields.map(({ field }) => field),
    ...(repeat === undefined ? {} : { repeat }),
  }
  return [register, ...alternatesOf(part, register)]
}

/** What the fields say of their bits; the others have no value that is known. */
function resetByFields(fields: readonly ReadField[], size: number) {
  let [reset, resetMask] = [0n, 0n]
  for (const { field, reset: value, resetMask: mask } of fields) {
    if (value === undefined) continue
    const own = mask ?? (1n << BigInt(field.width)) - 1n
    reset |= (value & own) << BigInt(field.lsb)
    resetMask |= own << BigInt(field.lsb)
  }
  if (resetMask === 0n) return {}
  const all = (1n << BigInt(size)) - 1n
  return { reset, ...(resetMask === all ? {} : { resetMask }) }
}

/** Other descriptions of the same location: each is a register of its own. */
function alternatesOf(part: Part, register: Register): Register[] {
  const all = childrenOf(child(part.element, 'alternateRegisters'), 'alternateRegister')
  return all.flatMap((element) => {
    const name = child(element, 'name')?.text ?? ''
    if (name === '') part.error('missing', 'an alternateRegister has no <name>', element)
    if (name === '') return []
    const path = part.path.replace(/[^.]*$/, () => name)
    const own = new Part(element, path, part.notes)
    const fields = readFields(own, register.size)
    const access = accessOf(own, element) ?? register.access
    const description = wordsOf(element, 'description')
    if (access === 'none') return []
    return [
      {
        kind: 'register' as const,
        name: register.repeat === undefined ? name : `${name}[%s]`,
        ...(description === undefined ? {} : { description }),
        ...{ offset: register.offset, size: register.size, width: register.width, access },
        ...resetByFields(fields, register.size),
        fields: fields.map(({ field }) => field),
        alternate: { register: register.name },
        ...(register.repeat === undefined ? {} : { repeat: register.repeat }),
      },
    ]
  })
}

/** `dim`, of which several are counted as one row, and the `array` of 2022 with its `stride`. */
function repeatOf(
  part: Part,
  dense: number | undefined,
  unit: number,
): Repeat | 'unknown' | undefined {
  const array = child(part.element, 'array')
  const dims = childrenOf(array ?? part.element, 'dim')
  if (dims.length === 0) return undefined
  const sizes = dims.map((dim) => part.literal(dim, MOST_ELEMENTS))
  if (sizes.some((one) => one === undefined)) return 'unknown'
  const count = sizes.reduce<bigint>((all, one) => all * (one ?? 1n), 1n)
  if (count === 0n || count > BigInt(MOST_ELEMENTS)) {
    part.error('value', `it has ${counted(count, 'element')}: expected 1 to 2^32`)
    return 'unknown'
  }
  if (dims.length > 1)
    part.warning('dimensions', `its ${dims.length} dimensions are read as one, row by row`)
  const given = array === undefined ? undefined : part.number('stride', ADDRESS_LIMIT, array)
  const stride = given === undefined ? dense : Number(given) * unit
  if (stride !== undefined && stride > 0) return { count: Number(count), stride }
  part.error('missing', 'it repeats, but has no <range> that says how far apart')
  return 'unknown'
}
