import { ADDRESS_LIMIT } from '../../base/limits.ts'
import { clip, quote } from '../../text/refuse.ts'
import { parseLiteral } from '../ipxact/numbers.ts'
import type { Block, Description, SourceText } from '../model.ts'
import { Notes, nameOfFile, notDescribing } from '../notes.ts'
import { parseXmlTree, type XmlElement } from '../xml/tree.ts'
import { readRegisters } from './registers.ts'

/** Where a module is in the memory of a processor. */
interface Range {
  instance: string
  addressBlock: string
  base: number
  length: number
  at: XmlElement
}

/** What is found on the way through the tree. */
interface Design {
  modules: Map<string, XmlElement>
  ranges: XmlElement[]
  name: string | undefined
}

/**
 * The modules of a design that have registers in the memory of a processor, each a block at its
 * address. What several masters see at one address is one block; at another address, it is a block of
 * its own. Of modules whose registers Vivado does not know, there is the block alone. Throws ESYNTAX.
 */
export function readHwh(source: SourceText): Description {
  const root = parseXmlTree(source.text, source.name)
  const design: Design = { modules: new Map(), ranges: [], name: undefined }
  walk(root, design)
  if (design.modules.size === 0) {
    const message = `expected modules of a hardware handoff of Vivado, but found none in <${clip(root.name)}>`
    throw notDescribing(source.name, message, root)
  }
  const notes = new Notes(source.name)
  const blocks = blocksOf(design, notes)
  if (blocks.length === 0)
    notes.error('no-blocks', '', root, 'no module has registers in the memory of a processor')
  return {
    device: { name: design.name ?? nameOfFile(source.name), endian: 'little', blocks },
    issues: notes.issues,
  }
}

/** `parseXmlTree` bounds how deep it goes. */
function walk(element: XmlElement, design: Design): void {
  const { INSTANCE, NAME } = element.attributes
  if (element.name === 'MODULE' && INSTANCE !== undefined && !design.modules.has(INSTANCE))
    design.modules.set(INSTANCE, element)
  if (element.name === 'MEMRANGE') design.ranges.push(element)
  if (element.name === 'SYSTEMINFO') design.name ??= NAME
  for (const one of element.children) walk(one, design)
}

function blocksOf({ modules, ranges }: Design, notes: Notes): Block[] {
  const seen = new Set<string>()
  const all = ranges.flatMap((element): Range[] => {
    const range = rangeOf(element, notes)
    if (range === undefined) return []
    const key = `${range.instance} ${range.addressBlock} ${range.base}`
    return seen.has(key) || !seen.add(key) ? [] : [range]
  })
  const times = new Map<string, number>()
  return all.flatMap((range) => {
    const module = modules.get(range.instance)
    if (module === undefined) {
      const message = 'the file has a range for it, but no module of this name'
      notes.error('no-module', range.instance, range.at, message)
      return []
    }
    const time = (times.get(range.instance) ?? 0) + 1
    times.set(range.instance, time)
    const name = time === 1 ? range.instance : `${range.instance}_${time}`
    return [blockOf(name, module, range, notes)]
  })
}

function blockOf(name: string, module: XmlElement, range: Range, notes: Notes): Block {
  const { VLNV } = module.attributes
  return {
    name,
    ...(VLNV === undefined ? {} : { description: VLNV }),
    base: range.base,
    extents: [{ offset: 0, length: range.length, usage: 'registers' }],
    children: registersOf(module, range.addressBlock).flatMap((one) =>
      readRegisters(one, name, notes),
    ),
  }
}

/** The `<REGISTERS>` of an address block; where the module names none, all that it has. */
function registersOf(module: XmlElement, addressBlock: string): XmlElement[] {
  const found: { block: string | undefined; registers: XmlElement }[] = []
  const look = (element: XmlElement, block: string | undefined): void => {
    const inside = element.name === 'ADDRESSBLOCK' ? element.attributes.NAME : block
    if (element.name === 'REGISTERS') found.push({ block: inside, registers: element })
    else for (const one of element.children) look(one, inside)
  }
  look(module, undefined)
  const own = found.filter(({ block }) => block === addressBlock)
  return (own.length > 0 ? own : found.slice(0, 1)).map(({ registers }) => registers)
}

/** Nothing for memory, and for what has no address, which is reported. */
function rangeOf(element: XmlElement, notes: Notes): Range | undefined {
  const { INSTANCE = '', ADDRESSBLOCK = '', BASEVALUE, HIGHVALUE, MEMTYPE } = element.attributes
  if (MEMTYPE !== undefined && MEMTYPE.toUpperCase() !== 'REGISTER') return undefined
  const [base, high] = [BASEVALUE, HIGHVALUE].map((text) => parseLiteral(text ?? ''))
  if (base === undefined || high === undefined || high < base || high >= BigInt(ADDRESS_LIMIT)) {
    const message = `its range is ${quote(`${BASEVALUE ?? ''} to ${HIGHVALUE ?? ''}`)}`
    notes.error('address', INSTANCE, element, message)
    return undefined
  }
  return {
    ...{ instance: INSTANCE, addressBlock: ADDRESSBLOCK, at: element },
    ...{ base: Number(base), length: Number(high - base) + 1 },
  }
}
