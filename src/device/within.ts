import type { Width } from '../base/width.ts'
import { parseWithin, virtioStructures, type Within } from '../describe/blocks/index.ts'
import type { DeviceTreeNode } from '../linux/device-tree/index.ts'
import { readBars } from '../linux/pci.ts'
import type { System } from '../linux/system.ts'
import { placeAt } from '../place/at.ts'
import { parsePlace } from '../place/place.ts'
import type { Place } from '../place/schemes/index.ts'

/** Where a block of a device begins. */
export interface Start {
  place: Place
  /** So many bytes further on as this register of the device says, whose load has no effect. */
  behind?: { place: Place; width: Width }
}

/** Where a block is in a PCI function: `undefined` where the function has no such stretch. */
export function startOnPci(
  address: string,
  within: string | undefined,
  { files }: System,
): Start | undefined {
  const bars = readBars(address, files).filter(({ kind }) => kind === 'memory')
  const first = bars[0]?.number
  if (within === undefined) {
    return first === undefined ? undefined : { place: parsePlace(`pci:${address}/bar${first}`) }
  }
  for (const one of parseWithin(within)) {
    const place = onPci(
      address,
      one,
      files,
      bars.map(({ number }) => number),
    )
    if (place !== undefined) return startAt(place, one)
  }
  return undefined
}

function onPci(
  address: string,
  { region }: Within,
  files: System['files'],
  bars: readonly number[],
): Place | undefined {
  switch (region.kind) {
    case 'bar':
      return bars.includes(region.index)
        ? parsePlace(`pci:${address}/bar${region.index}`)
        : undefined
    case 'config':
      return parsePlace(`pci:${address}/config`)
    case 'virtio': {
      const config = files.bytes(`/sys/bus/pci/devices/${address}/config`, 256)
      const found = virtioStructures(config ?? new Uint8Array()).find(
        ({ structure }) => structure === region.structure,
      )
      return found && placeAt(parsePlace(`pci:${address}/bar${found.bar}`), found.offset)
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
  const at = (which: string, region: number): Place => ({
    ...{ scheme: 'dt', node: which, region, offset: 0 },
  })
  if (within === undefined) return { place: at(name, 0) }
  for (const one of parseWithin(within)) {
    const { region } = one
    if (region.kind === 'bar') return startAt(at(name, 0), one)
    if (region.kind !== 'reg') continue
    if (region.child === undefined) return startAt(at(name, region.index), one)
    const child = node.children.find((each) => each.name.split('@')[0] === region.child)
    if (child !== undefined) return startAt(at(child.path, region.index), one)
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
    if (place !== undefined) return startAt(place, one)
  }
  return undefined
}

function startAt(place: Place, { behind }: Within): Start {
  if (behind === undefined) return { place }
  return { place, behind: { place: placeAt(place, behind.offset), width: behind.width } }
}
