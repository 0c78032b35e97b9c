/**
 * Translates `reg` on what dtc printed, to judge src/linux/device-tree: another program, on
 * hexadecimal digits instead of bytes, written from the Devicetree Specification (2.3.4 to 2.3.8) and
 * the PCI bus binding.
 */
import type { DtsNode } from './dts.ts'

/** One entry of a node's `reg`: its address for the CPU, or why there is none. */
export interface DtsRegion {
  readonly address: bigint | 'own addresses' | 'no memory' | 'outside' | 'configuration'
  readonly size: bigint
  /** The address on its own bus. */
  readonly said: bigint
}

/** The way from the root to a node. */
export type DtsPath = readonly DtsNode[]

/** Every way to a node that is not the root. */
export function* dtsPaths(way: DtsPath): Generator<DtsPath> {
  for (const child of way.at(-1)?.children ?? []) {
    const longer = [...way, child]
    yield longer
    yield* dtsPaths(longer)
  }
}

const number = (digits: string): bigint => (digits === '' ? 0n : BigInt(`0x${digits}`))

const isPci = (node: DtsNode): boolean =>
  node.properties.get('device_type') === Buffer.from('pci\0').toString('hex') ||
  /^pcie(@|$)/.test(node.name)

/** The cells of a child's address and size: what the last node of the way says, or one above it. */
function cellsBelow(way: DtsPath): { address: number; size: number; hasSpace: boolean } {
  const bus = way.at(-1)
  if (bus && isPci(bus)) return { address: 3, size: 2, hasSpace: true }
  if (bus && /^isa(@|$)/.test(bus.name)) return { address: 2, size: 1, hasSpace: true }
  const said = (property: string) =>
    Number(
      number(
        way.findLast((node) => node.properties.has(property))?.properties.get(property) ?? '1',
      ),
    )
  const address = said('#address-cells')
  return { address, size: said('#size-cells'), hasSpace: address === 3 }
}

/** Cuts digits into pieces of so many cells, again and again. */
function entries(digits: string, ...cells: number[]): string[][] {
  const found: string[][] = []
  for (let at = 0; at < digits.length; ) {
    const entry: string[] = []
    for (const count of cells) {
      entry.push(digits.slice(at, at + 8 * count))
      at += 8 * count
    }
    found.push(entry)
  }
  return found
}

/** An address without the cell that tells the space. */
const inSpace = (digits: string, hasSpace: boolean): bigint =>
  number(hasSpace ? digits.slice(8) : digits)

function spaceOf(digits: string, bus: DtsNode, hasSpace: boolean): string {
  if (!hasSpace) return ''
  if (!isPci(bus)) return digits.slice(0, 8)
  return ['configuration', 'io', 'memory', 'memory'][Number(number(digits.slice(0, 2)) & 3n)] ?? ''
}

/** The regions of the last node of a way; below PCI buses those that firmware has assigned. */
export function dtsRegions(way: DtsPath): DtsRegion[] {
  const above = way.slice(0, -1)
  const { address, size, hasSpace } = cellsBelow(above)
  const [bus, { properties }] = way.slice(-2) as [DtsNode, DtsNode]
  const reg = (isPci(bus) && properties.get('assigned-addresses')) || properties.get('reg') || ''
  if (address + size === 0) return []
  return entries(reg, address, size).map(([digits = '', length = '']) => ({
    address: toRoot(digits, above),
    size: number(length),
    said: inSpace(digits, hasSpace),
  }))
}

function toRoot(digits: string, way: DtsPath): DtsRegion['address'] {
  const bus = way.at(-1)
  const cells = cellsBelow(way)
  if (bus === undefined || cells.address === 0 || cells.size === 0) return 'no memory'
  const space = spaceOf(digits, bus, cells.hasSpace)
  if (space === 'configuration') return 'configuration'
  const value = inSpace(digits, cells.hasSpace)
  const above = way.slice(0, -1)
  if (above.length === 0) return value

  const ranges = bus.properties.get('ranges')
  if (ranges === undefined) return 'own addresses'
  const parent = cellsBelow(above)
  if (ranges === '') {
    const same = value.toString(16).padStart(8 * (parent.address - (parent.hasSpace ? 1 : 0)), '0')
    return toRoot(parent.hasSpace ? digits.slice(0, 8) + same : same, above)
  }
  for (const [child = '', to = '', length = ''] of entries(
    ranges,
    cells.address,
    parent.address,
    cells.size,
  )) {
    const offset = value - inSpace(child, cells.hasSpace)
    if (spaceOf(child, bus, cells.hasSpace) !== space) continue
    if (offset < 0n || offset >= number(length)) continue
    const moved = inSpace(to, parent.hasSpace) + offset
    const plain = moved.toString(16).padStart(8 * (parent.address - (parent.hasSpace ? 1 : 0)), '0')
    return toRoot(parent.hasSpace ? to.slice(0, 8) + plain : plain, above)
  }
  return 'outside'
}
