/** What functions take that ask a machine. */
import { shape } from '../text/options.ts'
import type { Files } from './files.ts'
import type { LocalSystem, PagedSystem } from './system.ts'

/** What tells files: `filesAt()`, or something of one's own. */
export const FILES = shape<Files>('Files', {
  ...{ text: 'function', bytes: 'function', list: 'function', entries: 'function' },
  ...{ link: 'function', status: 'function', linkStatus: 'function', real: 'function' },
  ...{ errno: 'function' },
})

/** A machine whose page tables can be looked into. */
export const PAGED_SYSTEM = shape<PagedSystem>('a PagedSystem', {
  ...{ files: FILES, cpu: 'string', openWords: 'function', now: 'function' },
})

/** A machine whose nodes can be opened. */
export const SYSTEM = shape<LocalSystem>('a LocalSystem', {
  ...{ files: FILES, cpu: 'string', at: 'function', now: 'function' },
})
