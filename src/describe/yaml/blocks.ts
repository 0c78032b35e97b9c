import { ADDRESS_LIMIT } from '../../base/limits.ts'
import type { Width } from '../../base/width.ts'
import { quote } from '../../text/refuse.ts'
import type { Block, Extent, Matches } from '../model.ts'
import { type Named, optional } from './fields.ts'
import { resolveIs } from './merge.ts'
import { overlappingRegisters } from './overlaps.ts'
import { join, Part, type Reading, Unexpected } from './reading.ts'
import { type Defaults, defaultsOf, readRegisters } from './registers.ts'
import { cameOf, type Entry, type MapTree, type Tree } from './tree.ts'
import { count, ENDIANS, repeatOf, widestOf } from './words.ts'

/** The keys of a block. */
export const BLOCK_KEYS = [
  ...[
    'description',
    'group',
    'source',
    'base',
    'at',
    'size',
    'extents',
    'endian',
    'width',
    'access',
  ],
  ...['compatible', 'pci', 'class', 'acpi', 'within', 'alternate', 'registers', 'is'],
  ...['count', 'stride', 'names', 'on-read', 'safe'],
]

/** What a region of a simulated board has besides, of which a description takes the widths. */
const REGION_KEYS = ['kind', 'widths', 'holes']

/** What a device of a simulated board answers where it says no widths. */
const SIMULATED_WIDTH: Width = 32

const BLOCK_NAME = /^[\w-]*(\[%s\]|%s)?[\w-]*$/

/** The blocks of a `blocks:`. */
export function readBlocks(
  reading: Reading,
  map: MapTree,
  named: Named,
  defaults: Defaults,
): Block[] {
  return [...map.entries.values()].flatMap(
    (entry) => readBlock(reading, entry, map.entries, named, defaults, BLOCK_KEYS) ?? [],
  )
}

/** The devices among the regions of a simulated board, each a block. */
export function readRegions(
  reading: Reading,
  map: MapTree,
  named: Named,
  defaults: Defaults,
): Block[] {
  const keys = [...BLOCK_KEYS, ...REGION_KEYS]
  return [...map.entries.values()].flatMap((entry) => {
    const { value } = entry
    const kind = value.kind === 'map' ? value.entries.get('kind')?.value : undefined
    const isStorage = kind?.kind === 'text' && ['ram', 'rom'].includes(kind.text)
    if (isStorage) return []
    return readBlock(reading, entry, map.entries, named, defaults, keys) ?? []
  })
}

function readBlock(
  reading: Reading,
  { key, at, value: tree }: Entry,
  scope: ReadonlyMap<string, Entry>,
  named: Named,
  outer: Defaults,
  keys: readonly string[],
): Block | undefined {
  if (!reading.spend(key, at)) return undefined
  if (!BLOCK_NAME.test(key) || key === '') {
    const expected = 'letters, digits, _ and -, and once %s or [%s] where it repeats'
    reading.error('name', '', at, `${quote(key)} is not a name of a block: expected ${expected}`)
    return undefined
  }
  const map = blockMap(reading, key, tree, scope)
  if (map === undefined) return undefined
  const part = new Part(reading, key, map, keys)
  // An unknown key costs a block nothing but itself; what is wrong with its place costs it all.
  part.bad = false
  const size = count(part, 'size', ADDRESS_LIMIT, 1)
  const { name, repeat } = repeatOf(part, key, size)
  const properties = propertiesOf(part)
  const busWidth = keys.includes('widths') ? (widestOf(part) ?? SIMULATED_WIDTH) : outer.busWidth
  const defaults = defaultsOf(part, { ...outer, ...optional('busWidth', busWidth) })
  if (part.bad) return undefined
  const derived = tree.kind === 'map' ? tree.entries.get('is')?.value : undefined
  return lazily(
    {
      name,
      ...properties,
      ...(derived?.kind === 'text' && { derivedFrom: derived.text }),
      ...optional('matches', matchesOf(part)),
      extents: extentsOf(part, size),
      ...optional('repeat', repeat),
    },
    () => childrenOf(part, named, defaults, size),
  )
}

function propertiesOf(part: Part) {
  const base = count(part, 'base')
  const place = part.text('at')
  if (base !== undefined && place !== undefined) {
    part.refuse('at', 'value', 'a block has a "base", or it is "at" a place, not both')
  }
  return {
    ...optional('description', part.text('description')),
    ...optional('group', part.text('group')),
    ...optional('base', base),
    ...optional('at', place),
    ...optional('endian', part.choice('endian', ENDIANS)),
    ...optional('source', part.text('source')),
    ...optional('alternate', part.text('alternate')),
  }
}

/** A block with what a mapping of its keys says anew; as it was, where one is wrong. */
export function changedBlock(reading: Reading, block: Block, map: MapTree): Block {
  const part = new Part(reading, block.name, map, ['name', ...BLOCK_KEYS])
  const name = part.leaf('name', 'a name', (text) => {
    if (BLOCK_NAME.test(text) && text !== '') return text
    throw new Unexpected(`${quote(text)} is not a name of a block`)
  })
  const size = count(part, 'size', ADDRESS_LIMIT, 1)
  const properties = propertiesOf(part)
  const matches = matchesOf(part)
  const extents = part.has('size') || part.has('extents') ? extentsOf(part, size) : block.extents
  if (part.bad) return block
  const moved = properties.base !== undefined ? { at: undefined } : {}
  const all = {
    ...moved,
    ...properties,
    ...optional('name', name),
    ...optional('matches', matches),
    extents,
  }
  return withChildren(block, all, () => block.children)
}

/** A block with other properties and children, without asking for those that it has. */
export function withChildren(
  block: Block,
  changes: { readonly [K in keyof Omit<Block, 'children'>]?: Block[K] | undefined },
  make: () => Block['children'],
): Block {
  const { name, description, group, base, at, matches, extents, endian, repeat, source } = block
  const { derivedFrom, alternate } = block
  const own = { name, description, group, base, at, matches, extents, endian, repeat, source }
  const all = Object.entries({ ...own, derivedFrom, alternate, ...changes })
  const given = all.filter(([, value]) => value !== undefined)
  return lazily(Object.fromEntries(given) as unknown as Omit<Block, 'children'>, make)
}

function blockMap(
  reading: Reading,
  key: string,
  tree: Tree,
  scope: ReadonlyMap<string, Entry>,
): MapTree | undefined {
  if (tree.kind === 'map') return resolveIs(reading, key, tree, scope, 'block')
  const message = `expected a mapping with "registers", ${cameOf(tree, quote)}`
  reading.error('value', key, tree.at, message)
  return undefined
}

/** A block whose children are made when they are first asked for. */
export function lazily(block: Omit<Block, 'children'>, make: () => Block['children']): Block {
  let made: Block['children'] | undefined
  return Object.defineProperty({ ...block, children: [] as Block['children'] }, 'children', {
    enumerable: true,
    get: () => {
      made ??= make()
      return made
    },
  })
}

function childrenOf(part: Part, named: Named, defaults: Defaults, size: number | undefined) {
  const { reading, path } = part
  if (!part.has('registers')) part.missing('registers', '"registers: { ID: 0x00 }"')
  const map = part.map('registers', 'a mapping from names')
  if (map === undefined || reading.spent) return []
  const children = readRegisters(reading, path, map, named, defaults)
  for (const { one, other } of overlappingRegisters(children)) {
    const at = (map.entries.get(one.name) ?? map.entries.get(one.name.replace('[%s]', '')))?.at
    const message = `it overlaps ${other.name}: one of them needs "alternate: ${other.name}"`
    reading.warning('registers-overlap', join(path, one.name), at ?? map.at, message)
  }
  for (const child of children) {
    if (size === undefined || child.kind === 'cluster') continue
    const { count: elements = 1, stride = 0 } = child.repeat ?? {}
    const end = child.offset + stride * (elements - 1) + child.width / 8
    if (end <= size) continue
    const at = (map.entries.get(child.name) ?? map.entries.get(child.name.replace('[%s]', '')))?.at
    const message = `it ends at 0x${end.toString(16)}: the block ends at 0x${size.toString(16)}`
    reading.warning('outside-block', join(path, child.name), at ?? map.at, message)
  }
  return children
}

/** `size: 4k`, or `extents:`, a list of them. */
function extentsOf(part: Part, size: number | undefined): Extent[] {
  const given = part.entry('extents')?.value
  if (given === undefined) return size === undefined ? [] : [{ offset: 0, length: size }]
  if (given.kind !== 'list') {
    part.refuse('extents', 'value', `expected a list of mappings, ${cameOf(given, quote)}`)
    return []
  }
  return given.items.flatMap((item) => {
    if (item.kind !== 'map') {
      part.refuse(
        'extents',
        'value',
        `expected a mapping with offset and length, ${cameOf(item, quote)}`,
      )
      return []
    }
    const extent = new Part(part.reading, part.path, item, ['offset', 'length', 'usage'])
    const offset = count(extent, 'offset') ?? 0
    const length = count(extent, 'length', ADDRESS_LIMIT, 1)
    const usage = extent.choice('usage', ['registers', 'buffer', 'reserved'] as const)
    if (length === undefined && !extent.bad) extent.missing('length', '"length: 4k"')
    return length === undefined || extent.bad
      ? []
      : [{ offset, length, ...optional('usage', usage) }]
  })
}

function matchesOf(part: Part): Matches | undefined {
  const ids = (key: string, form: RegExp, expected: string) =>
    part.texts(key, expected, (text) => {
      if (form.test(text)) return text.toLowerCase()
      throw new Unexpected(`${quote(text)} is not ${expected}`)
    })
  refuseSplit(part)
  const compatible = part.texts('compatible', 'a name such as arm,pl011', (text) => {
    if (/^[\x21-\x7e]+$/.test(text)) return text
    throw new Unexpected(`${quote(text)} is not a name such as arm,pl011`)
  })
  const pci = ids('pci', /^[\da-f]{4}:[\da-f]{4}$/i, 'a PCI vendor and device such as 8086:100e')
  const pciClass = ids('class', /^([\da-f]{2}){1,3}$/i, 'a PCI class such as 0108 or 010802')
  const acpi = part.texts('acpi', 'an ACPI id such as PNP0103', (text) => {
    if (/^[A-Z\d]{4}[\dA-F]{4}$|^[A-Z]{3}[\dA-F]{4}$/.test(text)) return text
    throw new Unexpected(`${quote(text)} is not an ACPI id such as PNP0103`)
  })
  const matches: Matches = {
    ...optional('compatible', compatible),
    ...optional('pci', pci),
    ...optional('pciClass', pciClass),
    ...optional('acpi', acpi),
    ...optional('within', part.text('within')),
  }
  return Object.keys(matches).length === 0 ? undefined : matches
}

/** `[arm,pl011]` is two texts to YAML, but one to its author. */
function refuseSplit(part: Part): void {
  const given = part.entry('compatible')?.value
  if (given?.kind !== 'list') return
  for (const [index, item] of given.items.entries()) {
    const before = given.items[index - 1]
    if (before?.kind !== 'text' || item.kind !== 'text' || item.at.line !== before.at.line) continue
    if (item.at.column !== before.at.column + before.text.length + 1) continue
    const meant = `in a list in brackets, a name with a comma must be quoted: "${before.text},${item.text}"`
    part.refuse('compatible', 'value', meant)
    return
  }
}
