/** What `index.ts` exports, as programs get it: with the kinds of its arguments checked. */
import { checked } from '../../text/checked.ts'
import { shape, WHOLE } from '../../text/options.ts'
import { NODE, TREE, WHICH } from '../kinds.ts'
import { FILES } from '../system-kinds.ts'
import * as busAddresses from './bus-addresses.ts'
import * as find from './find.ts'
import * as flattened from './flattened.ts'
import * as interrupts from './interrupts.ts'
import * as ioWindowsFile from './io-windows.ts'
import * as list from './list.ts'
import * as live from './live.ts'
import type { DeviceTreeNode } from './node.ts'
import * as node from './node.ts'
import * as open from './open.ts'
import type { Translator } from './ranges.ts'
import * as readFile from './read-file.ts'
import * as regions from './regions.ts'
import * as status from './status.ts'
import * as values from './values.ts'

export * from './index.ts'

export const busMeanings = checked(busAddresses.busMeanings, { tree: TREE, address: WHOLE })

export const consoleOf = checked(find.consoleOf, { tree: TREE })

export const findNode = checked(find.findNode, { tree: TREE, name: 'string' })

export const parseFlattened = checked(flattened.parseFlattened, {
  bytes: 'Uint8Array',
  name: 'string',
})

export const interruptParentOf = checked(interrupts.interruptParentOf, { tree: TREE, node: NODE })

export const interruptsOf = checked(interrupts.interruptsOf, { tree: TREE, node: NODE })

export const ioWindows = checked(ioWindowsFile.ioWindows, { tree: TREE })

export const listRegions = checked(list.listRegions, { tree: TREE })

export const nodesAt = checked(list.nodesAt, { tree: TREE, address: 'number', 'list?': 'array' })

export const liveTree = checked(live.liveTree, { folder: 'string', 'files?': FILES })

export const nodesBelow = checked(node.nodesBelow, { top: NODE })

export const openDeviceTree = checked(open.openDeviceTree, { 'files?': FILES })

export const readDeviceTree = checked(readFile.readDeviceTree, { file: 'string' })

export const regionOf = checked(regions.regionOf, { node: NODE, which: WHICH })

export const regionsOf = checked(regions.regionsOf, {
  node: NODE,
  'translator?': shape<Translator>('a Translator', { translate: 'function' }),
})

export const compatibleOf = checked(status.compatibleOf, { node: NODE })

export const isEnabled = checked(status.isEnabled, {
  node: NODE,
  'known?': shape<Map<DeviceTreeNode, boolean>>('a Map', { get: 'function', set: 'function' }),
})

export const isOverlay = checked(status.isOverlay, { tree: TREE })

export const statusOf = checked(status.statusOf, { node: NODE })

export const cellsOf = checked(values.cellsOf, { node: NODE, property: 'string' })

export const stringList = checked(values.stringList, { node: NODE, property: 'string' })

export const textOf = checked(values.textOf, { node: NODE, property: 'string' })
