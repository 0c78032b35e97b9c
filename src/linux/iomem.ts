import { ADDRESS_LIMIT } from '../base/limits.ts'
import type { Files } from './files.ts'
import { filesAt } from './files-at.ts'
import { readText } from './read.ts'

/** One line of /proc/iomem or /proc/ioports. Addresses are physical, `end` is inclusive as there. */
export interface Resource {
  start: number
  last: number
  name: string
  /** 0 for a top-level resource. */
  depth: number
}

/** A resource with those inside it, in the order of the file. */
export interface ResourceNode extends Resource {
  children: ResourceNode[]
}

/**
 * Parses /proc/iomem and /proc/ioports (kernel/resource.c, r_show): two blanks of indent a level,
 * `start-end : name`. For a reader without CAP_SYS_ADMIN in the initial user namespace all
 * addresses are zero. Lines of another form, reversed ones, and what begins at or beyond 2^52,
 * where no CPU has addresses, are passed over; an end beyond that is cut to 2^52 - 1.
 */
export function parseIomem(text: string): Resource[] {
  const resources: Resource[] = []
  for (const line of text.split('\n')) {
    const match = /^((?: {2}){0,64})([0-9a-f]{1,16})-([0-9a-f]{1,16}) : (.*)$/.exec(line)
    if (!match) continue
    const [, indent = '', from = '', to = '', name = ''] = match
    // Above 2^53 these are rounded, which the comparisons below do not mind.
    const start = Number.parseInt(from, 16)
    const last = Math.min(Number.parseInt(to, 16), ADDRESS_LIMIT - 1)
    if (start > last) continue
    resources.push({ start, last, name, depth: indent.length / 2 })
  }
  return resources
}

/** The resources that hold an address, outermost first; empty when nothing is known of it. */
export function resourcesAt(resources: readonly Resource[], address: number): Resource[] {
  return resources.filter(({ start, last }) => start <= address && address <= last && last > 0)
}

/**
 * Whether the kernel hid the addresses from this reader: there are resources, and all are 0 to 0.
 * CAP_SYS_ADMIN in the initial user namespace, at the time of opening, shows them.
 */
export function addressesHidden(resources: readonly Resource[]): boolean {
  return resources.length > 0 && resources.every(({ start, last }) => start === 0 && last === 0)
}

/**
 * Whether a resource is RAM that the kernel uses: `System RAM`, or what a driver added as such,
 * `System RAM (kmem)`, `System RAM (virtio_mem)` (mm/memory_hotplug.c, add_memory_driver_managed).
 * The latter lies inside of what it is made from: `dax0.0`, `CXL Window 0`, `virtio0`, …
 */
export function isSystemRam(name: string): boolean {
  return name === 'System RAM' || name.startsWith('System RAM (')
}

// arch/x86/kernel/e820.c, e820_type_to_string; drivers/firmware; kernel/resource.c
const kept =
  /^(reserved|RAM buffer|ACPI |Unusable memory|Soft Reserved|Unknown E820 type|(System|Video|Adapter|Extension) ROM|Crash kernel)/i

/** Whether a resource is what the firmware or the kernel keeps: `Reserved`, `ACPI Tables`, … */
export function isKeptMemory(name: string): boolean {
  return kept.test(name)
}

/** Whether a resource is a window for memory behind CXL: drivers/cxl/acpi.c, cxl_parse_cfmws. */
export function isCxlWindow(name: string): boolean {
  return /^CXL Window \d+$/.test(name)
}

/** Whether a resource is a window of a PCI bus: drivers/pci/probe.c, drivers/acpi/pci_root.c. */
export function isPciWindow(name: string): boolean {
  return name.startsWith('PCI Bus ')
}

/** The resources as a tree, by their depth: each is a child of the last shallower one before it. */
export function resourceTree(resources: readonly Resource[]): ResourceNode[] {
  const roots: ResourceNode[] = []
  const path: ResourceNode[] = []
  for (const resource of resources) {
    const node = { ...resource, children: [] }
    while ((path.at(-1)?.depth ?? -1) >= node.depth) path.pop()
    const siblings = path.at(-1)?.children ?? roots
    siblings.push(node)
    path.push(node)
  }
  return roots
}

/** Physical memory as the kernel has given it out: /proc/iomem; empty where it cannot be read. */
export function readIomem(files: Files = filesAt()): Resource[] {
  return parseIomem(readText(files, '/proc/iomem') ?? '')
}

/** I/O ports as the kernel has given them out: /proc/ioports; empty where it cannot be read. */
export function readIoports(files: Files = filesAt()): Resource[] {
  return parseIomem(readText(files, '/proc/ioports') ?? '')
}
