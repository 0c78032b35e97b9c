import type { Width } from '../base/width.ts'
import { parseWithin, virtioStructures, type Within } from '../describe/blocks/index.ts'
import { type DeviceTreeNode, regionsOf } from '../linux/device-tree/index.ts'
import { type Bar, readBars } from '../linux/pci.ts'
import type { LocalSystem, System } from '../linux/system.ts'
import { placeAt } from '../place/at.ts'
import { parsePlace } from '../place/place.ts'
import type { Place } from '../place/schemes/index.ts'
import { configWords } from './config-words.ts'

/** Where a block of a device begins. */
export interface Start {
  place: Place
  /** So many bytes further on as this register of the device says, whose load has no effect. */
  behind?: { place: Place; width: Width }
  /** Bytes from there on that the machine gives the device, where that is known. */
  length?: number
}

/** Where a block is in a PCI function: `undefined` where the function has no such stretch. */
export async function startOnPci(
  address: string,
  within: string | undefined,
  system: System | LocalSystem,
): Promise<Start | undefined> {
  const { files } = system
  const bars = readBars(address, files).filter(({ kind }) => kind === 'memory')
  if (within === undefined) return inBar(address, bars[0])
  for (const one of parseWithin(within)) {
    const start = await onPci(address, one, system, bars)
    if (start !== undefined) return startAt(start, one)
  }
  return undefined
}

function inBar(address: string, bar: Bar | undefined): Start | undefined {
  return bar && { place: parsePlace(`pci:${address}/bar${bar.number}`), length: bar.length }
}

async function onPci(
  address: string,
  { region }: Within,
  system: System | LocalSystem,
  bars: readonly Bar[],
): Promise<Start | undefined> {
  const barOf = (index: number) =>
    inBar(
      address,
      bars.find(({ number }) => number === index),
    )
  switch (region.kind) {
    case 'bar':
      return barOf(region.index)
    case 'config':
      return { place: parsePlace(`pci:${address}/config`) }
    case 'virtio': {
      const structures = await configWords(address, system, virtioStructures)
      const found = structures?.find(({ structure }) => structure === region.structure)
      const bar = found && barOf(found.bar)
      return bar && { place: placeAt(bar.place, found.offset), length: found.length }
    }
    case 'reg':
      return undefined
  }
}

/** Where a block is in a node of a device tree. `name` is what the node was named by. */
export function startInTree(
  node: DeviceTreeNode,
  name: string,
  within: string | undefined,
): Start | undefined {
  const at = (which: DeviceTreeNode, called: string, region: number): Start => {
    const length = regionsOf(which)[region]?.length ?? 0
    const place: Place = { scheme: 'dt', node: called, region, offset: 0 }
    return { place, ...(length > 0 && { length }) }
  }
  if (within === undefined) return at(node, name, 0)
  for (const one of parseWithin(within)) {
    const { region } = one
    if (region.kind === 'bar') return startAt(at(node, name, 0), one)
    if (region.kind !== 'reg') continue
    if (region.child === undefined) return startAt(at(node, name, region.index), one)
    const children = node.children.filter((each) => each.name.split('@')[0] === region.child)
    const [child] = children
    // Of several none is the one that is meant.
    if (child && children.length === 1) return startAt(at(child, child.path, region.index), one)
  }
  return undefined
}

/** Where a block is in memory resources that ACPI gives, in their order. */
export function startInResources(
  resources: readonly Place[],
  within: string | undefined,
): Start | undefined {
  const [first] = resources
  if (within === undefined) return first && { place: first }
  for (const one of parseWithin(within)) {
    const { region } = one
    const place =
      region.kind === 'reg' && region.child === undefined
        ? resources[region.index]
        : region.kind === 'bar'
          ? first
          : undefined
    if (place !== undefined) return startAt({ place }, one)
  }
  return undefined
}

function startAt({ place, length }: Start, { behind }: Within): Start {
  if (behind === undefined) return { place, ...(length !== undefined && { length }) }
  return { place, behind: { place: placeAt(place, behind.offset), width: behind.width } }
}
