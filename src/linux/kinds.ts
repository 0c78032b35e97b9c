/** What the published functions of this room take, as far as it is neither text nor number. */
import { arrayOf, type Shape, shape } from '../text/options.ts'
import type { Resource } from './iomem.ts'
import { PAGE_FLAGS } from './page-flags.ts'

export const FRAMES = arrayOf('an array of numbers of frames', 'number')

const RESOURCE = shape<Resource>('a resource', { start: 'number', last: 'number', name: 'string' })
export const RESOURCES = arrayOf('an array of resources', RESOURCE)

const PROPERTIES = shape('properties', { has: 'function', get: 'function' })
// Not its children: a live tree reads these when they are asked for.
export const NODE = shape('a node of a device tree', {
  ...{ name: 'string', path: 'string', properties: PROPERTIES },
})
export const TREE = shape('a device tree', { name: 'string', root: NODE })

/** A region of a node: its number or its name. */
export const WHICH: Shape = {
  expected: 'a number or a string',
  is: (value) => typeof value === 'number' || typeof value === 'string',
}

export const FLAG_NAMES: readonly string[] = PAGE_FLAGS.map(({ name }) => name)

/** The answers of readNumaBlocks and readSpecialTypes. */
export const BLOCKS = shape('what readNumaBlocks gives', { blockSize: 'number', nodes: 'object' })
export const TYPES = shape('what readSpecialTypes gives', {
  ...{ hwpoison: 'boolean', migration: 'number', device: 'number' },
})
