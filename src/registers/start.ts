import type { Window } from '../engine/windows/window.ts'
import { checkKind, NATURAL, shape } from '../text/options.ts'

/** What registers need of a window: an object with these methods, as a test may have one, is as good. */
export type Accessors = { readonly writable?: boolean } & Pick<
  Window,
  `${'read' | 'write' | 'update'}${8 | 16 | 32 | 64}` & keyof Window
>

const WINDOW = shape('a window', { read32: 'function', write32: 'function', update32: 'function' })

/** Where a block starts in a window, or refuses with EUSAGE: what follows looks at neither again. */
export function startOf(window: Accessors, offset: number): number {
  checkKind('window', window, WINDOW)
  checkKind('offset', offset, NATURAL)
  return offset
}
