import { RequestError } from '../base/errors.ts'
import type { Window } from '../engine/windows/window.ts'
import { Memory } from '../memory/memory.ts'
import { checkKind, NATURAL, shape } from '../text/options.ts'

/** What registers need of a window: an object with these methods, as a test may have one, is as good. */
export type Accessors = { readonly writable?: boolean } & Pick<
  Window,
  `${'read' | 'write' | 'update'}${8 | 16 | 32 | 64}` & keyof Window
>

const WINDOW = shape<Accessors>('a window', {
  read32: 'function',
  write32: 'function',
  update32: 'function',
})

/** Where a block starts in a window, or refuses with EUSAGE: what follows looks at neither again. */
export function startOf(window: Accessors, offset: number): number {
  refuseMemory(window)
  checkKind('window', window, WINDOW)
  checkKind('offset', offset, NATURAL)
  return offset
}

/** A memory has methods of these names, too: what begins at 0 of a window is elsewhere in it. */
function refuseMemory(window: unknown): void {
  if (!(window instanceof Memory)) return
  throw new RequestError('EUSAGE', 'window: expected a window, not a memory, which in() takes')
}
