import { systemAt } from '../engine/system-at.ts'
import { hasPorts } from '../linux/cpu.ts'
import { addressesHidden, readIoports, resourceTree } from '../linux/iomem.ts'
import type { System } from '../linux/system.ts'
import { checkKind } from '../text/options.ts'
import { readKnownBars } from './bars.ts'
import { readFileNodes, readMachineNodes } from './device-tree.ts'
import { Devices } from './devices.ts'
import type { Hidden } from './hidden.ts'
import { ioBarsInMemory, type PortWindow, portWindows } from './io-windows.ts'
import { tellKinds } from './kinds.ts'
import { SYSTEM } from './kinds-given.ts'
import { addBars, addDevices, addNodes, joinMemory } from './memory.ts'
import type { Region } from './region.ts'
import { treeOf } from './tree.ts'

/** What a machine has at which physical addresses, and at which I/O ports. */
export interface Inventory {
  memory: Region[]
  ports: Region[]
  /** On a CPU that has no I/O ports, where they are in memory, as far as that is known. */
  portWindows?: readonly PortWindow[]
  /** Present where the kernel hides the addresses of /proc/iomem and /proc/ioports. */
  hidden?: Hidden
  /** The sentences of what is wrong with the device tree, or too much: what is not wholly shown. */
  problems: string[]
  /** Set where the regions are those of a device tree in this file, not of a machine. */
  file?: string
  /** Set where they are those of a simulated board: the target that names it. */
  board?: string
  /** That tree is an overlay: its nodes have no addresses before it is applied to another. */
  overlay?: true
}

/** What a machine has. What cannot be read is left out. */
export async function readInventory(system: System = systemAt().now()): Promise<Inventory> {
  checkKind('system', system, SYSTEM)
  const devices = new Devices(system.files)
  const bars = readKnownBars(system)
  const { nodes, problems, windows } = await readMachineNodes(system)
  const inMemory = bars.filter(({ space }) => space === 'memory')
  const inPorts = bars.filter(({ space }) => space === 'ports')
  const listed = readIoports(system.files)
  const ports = treeOf(addressesHidden(listed) ? [] : resourceTree(listed), 'ioports')
  const portsInMemory = portWindows(ports, windows)
  const io = ioBarsInMemory(inPorts, portsInMemory)
  const memory = await joinMemory({
    ...{ system, devices, bars: [...inMemory, ...io], nodes, windows: portsInMemory },
  })
  addBars(ports, inPorts)
  addDevices(ports, devices, 'ports')
  tellKinds(ports)
  const { regions, hidden } = memory
  return {
    ...{ memory: regions, ports, problems: [...problems, ...memory.problems] },
    ...(hasPorts(system.files, system.cpu) ? {} : { portWindows: portsInMemory }),
    ...(hidden === undefined ? {} : { hidden }),
  }
}

/** The same of a device tree in a file. Throws as `readDeviceTree` does for what is none. */
export async function readTreeInventory(file: string): Promise<Inventory> {
  checkKind('file', file, 'string')
  const { nodes, problems: unread, overlay } = await readFileNodes(file)
  const memory: Region[] = []
  const problems = [...unread, ...addNodes(memory, nodes)]
  tellKinds(memory)
  return { memory, ports: [], problems, file, ...(overlay ? { overlay } : {}) }
}
