/** What the published functions of this room take. */
import type { System } from '../linux/system.ts'
import { arrayOf, shape } from '../text/options.ts'
import type { Region } from './region.ts'

const REGION = shape<Region>('a region', {
  ...{ start: 'number', last: 'number', name: 'string', facts: 'array', children: 'array' },
})
export const REGIONS = arrayOf('an array of regions', REGION)
export const SYSTEM = shape<System>('a system', { files: 'object', cpu: 'string' })
