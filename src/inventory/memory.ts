import { ADDRESS_LIMIT } from '../base/limits.ts'
import { isPciWindow, resourceTree } from '../linux/iomem.ts'
import type { System } from '../linux/system.ts'
import { listDmaBuffers } from '../linux/udmabuf.ts'
import { listUio } from '../linux/uio.ts'
import { uniqueUioName } from '../linux/uio-find.ts'
import { counted } from '../text/count.ts'
import type { KnownBar } from './bars.ts'
import type { NodeClaim } from './device-tree.ts'
import type { Devices } from './devices.ts'
import { readKnownMemory } from './hidden.ts'
import { type PortWindow, windowClaims } from './io-windows.ts'
import { tellKinds } from './kinds.ts'
import { type Fact, type Region, walk } from './region.ts'
import { addClaims, type Claim, mostAround, treeOf } from './tree.ts'

/** What the physical address space is joined from, besides its files. */
export interface MemorySources {
  system: System
  devices: Devices
  bars: readonly KnownBar[]
  nodes: readonly NodeClaim[]
  /** Windows in which ports are memory. */
  windows: readonly PortWindow[]
}

/** The physical address space: what the kernel gave out, and what else is known to be there. */
export async function joinMemory({ system, devices, bars, nodes, windows }: MemorySources) {
  const { resources, source, hidden } = await readKnownMemory(system)
  const regions = treeOf(resourceTree(resources), source)
  addClaims(regions, windowClaims(windows), ([window]) => window)
  addBars(regions, bars)
  const problems = addNodes(regions, nodes, devices)
  addClaims(regions, uioClaims(system), device)
  addClaims(regions, bufferClaims(system), dmaBuffer)
  addDevices(regions, devices, 'memory')
  tellKinds(regions)
  return { regions, hidden, problems }
}

/** Joins BARs: the kernel names the region of one for its device (drivers/pci/setup-res.c). */
export function addBars(regions: Region[], bars: readonly KnownBar[]): void {
  const claims = bars.map(({ start, last, fact }): Claim => {
    return { start, last, name: fact.device, source: 'pci', facts: [fact] }
  })
  addClaims(regions, claims, (exact, claim) => exact.find(({ name }) => name === claim.name))
}

/**
 * Joins nodes of a device tree, and the devices that the kernel made of them. Returns the sentences
 * of what is not where it belongs.
 */
export function addNodes(
  regions: Region[],
  nodes: readonly NodeClaim[],
  devices?: Devices,
): string[] {
  const claims = new Map<string, Claim & { facts: Fact[] }>()
  for (const { start, last, name, fact } of nodes) {
    const made = devices?.ofNode(fact.path)
    const facts = made === undefined ? [fact] : [fact, made]
    // Looking for the region once for all of one stretch: a tree may say the same 100,000 times.
    const known = claims.get(keyOf({ start, last }))
    if (known !== undefined) known.facts.push(...facts)
    else claims.set(keyOf({ start, last }), { start, last, name, source: 'device-tree', facts })
  }
  const tooDeep = addClaims(regions, [...claims.values()], device)
  if (tooDeep === 0) return []
  const [lie, they] = tooDeep === 1 ? ['lies', 'it stands'] : ['lie', 'they stand']
  const claimed = counted(tooDeep, 'region')
  return [`${claimed} ${lie} in more than ${mostAround} others: ${they} beside the last`]
}

/** Joins the devices of other buses that regions are named for, or that claim just this stretch. */
export function addDevices(
  regions: readonly Region[],
  devices: Devices,
  space: 'memory' | 'ports',
): void {
  const claims = new Map(
    devices.pnp().flatMap((claim) => (claim.space === space ? [[keyOf(claim), claim.fact]] : [])),
  )
  for (const region of walk(regions)) {
    if (region.facts.some(({ kind }) => kind === 'bar' || kind === 'device')) continue
    const fact = devices.named(region.name) ?? claims.get(keyOf(region))
    // Only the outermost region of a stretch: what is inside of it need not say so again.
    claims.delete(keyOf(region))
    if (fact !== undefined) region.facts.push(fact)
  }
}

function keyOf({ start, last }: Pick<Region, 'start' | 'last'>): string {
  return `${start}-${last}`
}

/** A window of a bus may be as large as the one device behind it. */
function device(exact: readonly Region[]): Region | undefined {
  const isBar = ({ facts }: Region) => facts.some(({ kind }) => kind === 'bar')
  return exact.find(isBar) ?? exact.find(({ name }) => !isPciWindow(name))
}

/** u-dma-buf takes its buffers from RAM: a region of just this stretch is another thing. */
function dmaBuffer(exact: readonly Region[]): Region | undefined {
  return exact.find(({ source }) => source === 'dma-buffer')
}

function uioClaims(system: System): Claim[] {
  const all = listUio(system.files)
  return all.flatMap((one) =>
    one.maps.flatMap((map): Claim[] => {
      const { number, name } = one
      if (map.address === undefined) return []
      const start = map.address + map.offset
      const last = start + map.length - 1
      if (last >= ADDRESS_LIMIT) return []
      const unique = uniqueUioName(one, map, all)
      const names = { deviceName: name, mapName: map.name, unique }
      const fact = { kind: 'uio', device: number, map: map.number, ...names } as const
      return [{ start, last, name: name || `uio${number}`, source: 'uio', facts: [fact] }]
    }),
  )
}

function bufferClaims(system: System): Claim[] {
  return listDmaBuffers(system.files).flatMap(
    ({ name, physicalAddress: start, length }): Claim[] => {
      if (start === undefined) return []
      const facts = [{ kind: 'buffer', name }] as const
      return [{ start, last: start + length - 1, name, source: 'dma-buffer', facts }]
    },
  )
}
