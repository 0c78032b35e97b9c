import { WIDTHS, type Width } from '../../../base/width.ts'
import type {
  Cluster,
  EnumeratedValue,
  Field,
  Register,
  Repeat,
  WriteConstraint,
} from '../../model.ts'
import type { Names } from './names.ts'
import { hex, key, Lines, list, number, text } from './scalars.ts'

const NAME = /^\w*(?:\[%s\]|%s)?\w*$/
const OTHER = /\W/g

/** The mapping below `registers:`. */
export function writeRegisters(
  children: readonly (Register | Cluster)[],
  path: string,
  depth: number,
  names: Names,
  bus: Width | undefined,
): string {
  const lines = new Lines(depth)
  const own = names.fresh()
  for (const child of children) {
    const here = `${path}.${child.name}`
    const name = key(shortName(child, own.takeOf(child, here, NAME, OTHER)))
    if (child.kind === 'cluster') lines.nest(name, cluster(child, here, depth + 1, names, bus))
    else writeRegister(lines, name, child, here, depth, names, bus)
  }
  return lines.toString()
}

/** An array's brackets are added where it is read. */
function shortName({ repeat }: { repeat?: Repeat }, name: string): string {
  return repeat !== undefined && name.endsWith('[%s]') && name.length > 4 ? name.slice(0, -4) : name
}

function cluster(
  one: Cluster,
  path: string,
  depth: number,
  names: Names,
  bus: Width | undefined,
): string {
  const lines = new Lines(depth)
  lines.put('offset', hex(one.offset))
  writeDescription(lines, one.description)
  putRepeat(lines, one.repeat, undefined, path, names)
  if (one.alternate?.cluster !== undefined) lines.put('alternate', text(one.alternate.cluster))
  const below = writeRegisters(one.children, path, depth + 1, names, bus)
  if (below === '') lines.put('registers', '{}')
  lines.nest('registers', below)
  return lines.toString()
}

function writeRegister(
  lines: Lines,
  name: string,
  one: Register,
  path: string,
  depth: number,
  names: Names,
  bus: Width | undefined,
): void {
  const below = new Lines(depth + 1)
  const width = widthOf(one, path, names, bus)
  if (width === undefined) return
  below.put('offset', hex(one.offset))
  writeDescription(below, one.description)
  if (one.displayName !== undefined) below.put('display-name', text(one.displayName))
  if (width !== 32) below.put('width', `${width}`)
  if (one.access !== 'read-write') below.put('access', one.access)
  putRepeat(below, one.repeat, usualWidth(width) / 8, path, names)
  if (one.reset !== undefined) below.put('reset', number(one.reset))
  if (one.resetMask !== undefined) below.put('reset-mask', number(one.resetMask))
  putEffects(below, one)
  if (one.highWordMask) below.put('high-word-mask', 'true')
  if (one.endian !== undefined) below.put('endian', one.endian)
  if (one.alternate?.register !== undefined) below.put('alternate', text(one.alternate.register))
  if (one.alternate?.group !== undefined) below.put('alternate-group', text(one.alternate.group))
  below.nest('fields', writeFields(one.fields, path, depth + 2, names))
  const said = below.toString()
  // What has an offset alone is that: `DR: 0x0`.
  if (said.includes('\n')) lines.nest(name, said)
  else lines.put(name, hex(one.offset))
}

const usualWidth = (size: number) => WIDTHS.find((one) => one >= size) ?? 64

/**
 * The access counts: where it is wider than what is described, the register has its bits. What has
 * more bits than one access is that in YAML where the bus carries no more, and no part of it otherwise.
 */
function widthOf(
  { size, width }: Register,
  path: string,
  names: Names,
  bus: Width | undefined,
): number | undefined {
  const usual = usualWidth(size)
  if (Math.min(usual, bus ?? usual) === width) return size
  if (size > width || usual > (bus ?? usual)) {
    const carried = bus === undefined ? 'a bus of any width' : `a bus of ${bus} bits`
    const message = `it has ${size} bits and accesses of ${width}, which YAML does not say of ${carried}: it is left out`
    names.note('width', path, message)
    return undefined
  }
  const message = `it has ${size} bits and accesses of ${width}: it is written with ${width} bits`
  names.note('width', path, message)
  return width
}

function writeFields(fields: readonly Field[], path: string, depth: number, names: Names): string {
  const lines = new Lines(depth)
  const own = names.fresh()
  for (const field of fields) {
    const here = `${path}.${field.name}`
    const name = key(shortName(field, own.takeOf(field, here, NAME, OTHER)))
    const below = new Lines(depth + 1)
    putRepeat(below, field.repeat, field.width, here, names)
    if (field.access !== undefined) below.put('access', field.access)
    putEffects(below, field)
    for (const { usage, values } of field.enumerations ?? []) {
      const key = usage === 'read-write' ? 'values' : `${usage}-values`
      below.nest(key, writeValues(values, field.width, here, depth + 2, names))
    }
    const bits = field.width === 1 ? `${field.lsb}` : `${field.lsb + field.width - 1}:${field.lsb}`
    const description = field.description || undefined
    if (below.isEmpty) {
      lines.put(name, description === undefined ? bits : list([bits, JSON.stringify(description)]))
      continue
    }
    const all = new Lines(depth + 1)
    all.put('bits', bits)
    writeDescription(all, description)
    lines.nest(name, `${all}\n${below}`)
  }
  return lines.toString()
}

const VALUE_NAME = /^[^\p{Cc}\s]+$/u

function writeValues(
  values: readonly EnumeratedValue[],
  width: number,
  path: string,
  depth: number,
  names: Names,
): string {
  const lines = new Lines(depth)
  const own = names.fresh()
  for (const one of values) {
    const name = own.take(one.name, `${path}.${one.name}`, VALUE_NAME, /[\p{Cc}\s]+/gu)
    const value = valueText(one, width)
    lines.put(key(name), !one.description ? value : list([value, JSON.stringify(one.description)]))
  }
  return lines.toString()
}

function valueText({ value, mask }: EnumeratedValue, width: number): string {
  if (value === undefined) return 'other'
  if (mask === undefined) return `${value}`
  const bits = Array.from({ length: width }, (_, index) => {
    const bit = 1n << BigInt(width - 1 - index)
    if (!(mask & bit)) return 'x'
    return value & bit ? '1' : '0'
  })
  return `0b${bits.join('')}`
}

function writeDescription(lines: Lines, description: string | undefined): void {
  if (description) lines.put('description', text(description))
}

function putEffects(
  lines: Lines,
  one: Pick<Register | Field, 'readEffect' | 'writeEffect' | 'writeConstraint'>,
): void {
  if (one.readEffect !== undefined) lines.put('on-read', one.readEffect)
  if (one.writeEffect !== undefined) lines.put('on-write', one.writeEffect)
  if (one.writeConstraint !== undefined) lines.put('writes', constraint(one.writeConstraint))
}

function constraint(one: WriteConstraint): string {
  if (one.kind === 'as-read') return 'as-read'
  return one.kind === 'enumerated' ? 'values' : list([number(one.minimum), number(one.maximum)])
}

/** `dense`: how far apart they are where they lie side by side, which nobody need say. */
export function putRepeat(
  lines: Lines,
  repeat: Repeat | undefined,
  dense: number | undefined,
  path: string,
  names: Names,
): void {
  if (repeat === undefined) return
  const own = names.fresh()
  const elements = repeat.names?.map((name) => own.take(name, `${path}.${name}`, /^\w+$/, OTHER))
  if (elements === undefined) lines.put('count', `${repeat.count}`)
  else lines.put('names', list(elements))
  // Of one element alone it may be 0, which YAML does not take.
  const stride = repeat.stride || (dense ?? 1)
  if (stride !== dense) lines.put('stride', number(stride))
}
