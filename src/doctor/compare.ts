import { isProbe, type NoProbe, type Probe } from './own-page.ts'

/** What a source showed where the page of our own is. */
export type Shown =
  | { kind: 'same' }
  /** Zeros instead: a lie. */
  | { kind: 'zeros' }
  | { kind: 'different' }
  /** The page moved meanwhile, again and again. */
  | { kind: 'moved' }
  | { kind: 'errno'; errno: string }
  /** There is no frame to look at. */
  | { kind: 'unproven'; why: NoProbe }

/** How often a page that moved is looked for again. */
const TRIES = 3

/**
 * Reads the page of our own through a source of physical memory and compares. `look` gets the
 * physical address and a length, and gives the bytes, or the name of the system's answer.
 */
export function compare(
  probe: Probe | NoProbe,
  look: (physical: number, length: number) => Uint8Array | string,
): Shown {
  if (!isProbe(probe)) return { kind: 'unproven', why: probe }
  for (let tries = 0; tries < TRIES; tries++) {
    const shown = look(probe.physical, probe.pattern.length)
    if (typeof shown === 'string') return { kind: 'errno', errno: shown }
    if (Buffer.compare(shown, probe.pattern) === 0) return { kind: 'same' }
    if (probe.stays()) {
      return { kind: shown.every((byte) => byte === 0) ? 'zeros' : 'different' }
    }
    if (!probe.locate()) return { kind: 'moved' }
  }
  return { kind: 'moved' }
}
