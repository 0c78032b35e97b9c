import { ADDRESS_LIMIT } from '../../base/limits.ts'
import { clip } from '../../text/refuse.ts'
import type { Access, Block, Cluster, Description, Extent, SourceText } from '../model.ts'
import { Notes, nameOfFile, notDescribing } from '../notes.ts'
import { child, childrenOf, parseXmlTree, textOf, wordsOf, type XmlElement } from '../xml/tree.ts'
import { accessOf } from './fields.ts'
import { Part } from './part.ts'
import { readRegisters } from './registers.ts'

/** An address block: where it begins in its memory map. */
interface AddressBlock {
  name: string
  description?: string
  base: number
  extents: Extent[]
  children: Block['children']
}

/**
 * The memory maps of a component, in the words of IEEE 1685-2009, 2014 or 2022. A map that has
 * something at 0 counts from the start of the component, wherever that is: it is one block without a
 * base. Of others, each address block is a block at its address. Numbers that need parameters are
 * reported, and what needs them is left out. Throws ESYNTAX for what is not a component.
 */
export function readIpxact(source: SourceText): Description {
  const root = parseXmlTree(source.text, source.name)
  if (root.name !== 'component') {
    const message = `expected <component> of IP-XACT, which has registers, and found <${clip(root.name)}>`
    throw notDescribing(source.name, message, root)
  }
  const notes = new Notes(source.name)
  const maps = childrenOf(child(root, 'memoryMaps'), 'memoryMap')
  if (maps.length === 0) {
    notes.error('no-memory-map', '', root, 'this component has no memory maps, so no registers')
  }
  const blocks = maps.flatMap((map) => blocksOf(map, notes))
  const description = wordsOf(root, 'description')
  const vendor = textOf(root, 'vendor')
  const version = textOf(root, 'version')
  return {
    device: {
      name: textOf(root, 'name') ?? nameOfFile(source.name),
      ...(description === undefined ? {} : { description }),
      ...(vendor === undefined ? {} : { vendor }),
      ...(version === undefined ? {} : { version }),
      endian: 'little',
      blocks: withOneName(blocks, notes, root),
    },
    issues: notes.issues,
  }
}

function blocksOf(map: XmlElement, notes: Notes): Block[] {
  const name = textOf(map, 'name') ?? 'map'
  const part = new Part(map, name, notes)
  const bits = Number(part.number('addressUnitBits', 2 ** 16) ?? 8n)
  if (bits === 0 || bits % 8 !== 0) {
    part.error('address-unit', `addressUnitBits is ${bits}: expected a multiple of 8`)
    return []
  }
  for (const what of ['bank', 'subspaceMap']) {
    for (const element of childrenOf(map, what))
      part.error('not-read', `a <${what}> is not read: its registers are left out`, element)
  }
  const all = childrenOf(map, 'addressBlock').flatMap((one) => addressBlock(one, part, bits / 8))
  if (all.every(({ base }) => base !== 0)) return all
  const [only] = all
  if (only !== undefined && all.length === 1) {
    const { base: _, ...block } = only
    return [block]
  }
  const children = all.map(({ name, description, base, children }): Cluster => {
    const told = description === undefined ? {} : { description }
    return { kind: 'cluster', name, ...told, offset: base, children }
  })
  const extents = all.flatMap(({ base, extents }) =>
    extents.map((one) => ({ ...one, offset: one.offset + base })),
  )
  return [{ name, extents, children }]
}

function addressBlock(element: XmlElement, map: Part, unit: number): AddressBlock[] {
  const name = textOf(element, 'name') ?? map.path
  const part = new Part(element, name, map.notes)
  if (!part.isPresent) return []
  if (textOf(element, 'usage') === 'memory') return []
  const base = part.needed('baseAddress', ADDRESS_LIMIT - 1)
  const range = part.number('range', ADDRESS_LIMIT)
  if (base === undefined) return []
  const policies = child(element, 'accessPolicies')
  const policy = policies && child(policies, 'accessPolicy')
  const said = accessOf(part, policy ?? element) ?? 'read-write'
  const access: Access = said === 'none' ? 'read-write' : said
  const length = Number(range ?? 0n) * unit
  const description = wordsOf(element, 'description')
  return [
    {
      name,
      ...(description === undefined ? {} : { description }),
      base: Number(base) * unit,
      extents: length === 0 ? [] : [{ offset: 0, length, usage: 'registers' }],
      children: readRegisters(part, { access, unit }),
    },
  ]
}

/** Maps may have blocks of one name: the later ones get a number. */
function withOneName(blocks: readonly Block[], notes: Notes, at: XmlElement): Block[] {
  const times = new Map<string, number>()
  return blocks.map((block) => {
    const time = (times.get(block.name) ?? 0) + 1
    times.set(block.name, time)
    if (time === 1) return block
    const name = `${block.name}_${time}`
    notes.warning('duplicate-name', block.name, at, `several blocks have this name: it is ${name}`)
    return { ...block, name }
  })
}
