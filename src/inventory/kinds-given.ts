/** What the published functions of this room take. */
import { arrayOf, shape } from '../text/options.ts'

const REGION = shape('a region', {
  ...{ start: 'number', end: 'number', name: 'string', facts: 'array', children: 'array' },
})
export const REGIONS = arrayOf('an array of regions', REGION)
export const SYSTEM = shape('a system', { files: 'object', cpu: 'string' })
export const INVENTORY = shape('what readInventory gives', { memory: REGIONS, ports: REGIONS })
