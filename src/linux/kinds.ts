/** What the published functions of this room take, as far as it is neither text nor number. */
import { arrayOf, type Shape, shape } from '../text/options.ts'
import type { DeviceTreeNode, Properties } from './device-tree/node.ts'
import type { DeviceTree } from './device-tree/tree.ts'
import type { Resource } from './iomem.ts'
import type { NumaBlocks } from './numa.ts'
import { PAGE_FLAGS } from './page-flags.ts'
import type { SpecialTypes } from './pagemap.ts'

export const FRAMES = arrayOf('an array of numbers of frames', 'number')

const RESOURCE = shape<Resource>('a resource', { start: 'number', last: 'number', name: 'string' })
export const RESOURCES = arrayOf('an array of resources', RESOURCE)

const PROPERTIES = shape<Properties>('properties', { has: 'function', get: 'function' })
// Not its children: a live tree reads these when they are asked for.
export const NODE = shape<DeviceTreeNode>('a node of a device tree', {
  ...{ name: 'string', path: 'string', properties: PROPERTIES },
})
export const TREE = shape<DeviceTree>('a device tree', { name: 'string', root: NODE })

/** A region of a node: its number or its name. */
export const WHICH: Shape = {
  expected: 'a number or a string',
  is: (value) => typeof value === 'number' || typeof value === 'string',
}

export const FLAG_NAMES: readonly string[] = PAGE_FLAGS.map(({ name }) => name)

/** The answers of readNumaBlocks and readSpecialTypes. */
export const BLOCKS = shape<NumaBlocks>('what readNumaBlocks gives', {
  blockSize: 'number',
  nodes: 'object',
})
export const TYPES = shape<SpecialTypes>('what readSpecialTypes gives', {
  ...{ hwpoison: 'boolean', migration: 'number', device: 'number' },
})
