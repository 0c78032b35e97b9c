/** A PCI function's configuration space as a block: its header, and the capabilities that it has. */
import type { Block, Cluster, Register } from '../model.ts'
import { ConfigBytes } from './define.ts'
import { extendedCapability } from './extended.ts'
import { headerOf } from './header.ts'
import { standardCapability } from './standard.ts'

export { readOutline } from './sparse.ts'

const HEADER_END = 0x40
const EXTENDED = 0x100
/** Bit 4 of the status register: there is a list. */
const CAPABILITIES_LIST = 0x10

/**
 * The block of a configuration space of which `bytes` are the first; what lies past them is left
 * out. The header's registers stand in it by name, each capability is a cluster: `COMMAND`,
 * `MSI.CONTROL`. A capability that occurs again has its number after its name: `VENDOR_2`. A list
 * that is damaged ends where it does not go on. Nothing is thrown.
 */
export function pciConfigBlock(bytes: Uint8Array, name = 'config'): Block {
  const config = new ConfigBytes(bytes)
  const children = [...headerOf(config), ...numbered(capabilitiesOf(config))]
  return {
    name,
    description: 'PCI configuration space',
    extents: [{ offset: 0, length: config.length, usage: 'registers' }],
    children: children.flatMap((child) => inside(child, config.length)),
    endian: 'little',
    source: 'PCI Express Base Specification 5.0, 7.5 to 7.9',
  }
}

function capabilitiesOf(config: ConfigBytes): Cluster[] {
  if (config.at16(0) === 0xffff || !(config.at16(6) & CAPABILITIES_LIST)) return []
  const starts = [...listFrom(config)]
  const express = starts.find((start) => config.at8(start) === 0x10)
  const all = starts.map((start) => standardCapability(config, start))
  if (express === undefined) return all
  const type = config.at8(express + 2) >> 4
  const isRoot = type === 4 || type === 10 // A root port, an event collector.
  const extended = [...extendedFrom(config)]
  return [...all, ...extended.map((start) => extendedCapability(config, start, isRoot))]
}

/** PCI Local Bus Specification 3.0, 6.7: at multiples of 4, after the header; 0 is the end. */
function* listFrom(config: ConfigBytes): Generator<number> {
  const seen = new Set<number>()
  const type = config.at8(0x0e) & 0x7f
  // A CardBus bridge has its pointer elsewhere (include/uapi/linux/pci_regs.h, PCI_CB_CAPABILITY_LIST).
  let start = config.at8(type === 2 ? 0x14 : 0x34) & 0xfc
  while (start >= HEADER_END && start + 1 < config.length && !seen.has(start)) {
    if (config.at8(start) === 0xff) return
    yield start
    seen.add(start)
    start = config.at8(start + 1) & 0xfc
  }
}

/** PCI Express 5.0, 7.6.3: from 0x100 on; a header of zeros or ones is none. */
function* extendedFrom(config: ConfigBytes): Generator<number> {
  const seen = new Set<number>()
  let start = EXTENDED
  while (start >= EXTENDED && start + 3 < config.length && !seen.has(start)) {
    const header = config.at32(start)
    if (header === 0 || header === 0xffff_ffff) return
    // An id of 0 stands for nothing, and the list goes on after it.
    if ((header & 0xffff) !== 0) yield start
    seen.add(start)
    start = (header >>> 20) & 0xffc
  }
}

function numbered(clusters: readonly Cluster[]): Cluster[] {
  const times = new Map<string, number>()
  return clusters.map((cluster) => {
    const time = (times.get(cluster.name) ?? 0) + 1
    times.set(cluster.name, time)
    return time === 1 ? cluster : { ...cluster, name: `${cluster.name}_${time}` }
  })
}

/** What lies inside the bytes that can be seen; of a cluster, the registers that do. */
function inside(one: Register | Cluster, length: number): (Register | Cluster)[] {
  if (one.kind === 'register') {
    const bytes = (one.repeat?.count ?? 1) * (one.size / 8)
    return one.offset + bytes <= length ? [one] : []
  }
  const children = one.children.filter((child) => inside(child, length - one.offset).length > 0)
  return children.length === 0 ? [] : [{ ...one, children }]
}
