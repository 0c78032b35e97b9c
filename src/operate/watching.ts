import { setTimeout } from 'node:timers/promises'
import { PhysmemError } from '../base/errors.ts'
import type { ReadElement, Readings } from './reading.ts'

/** How many looks, how often at most, and what ends them. */
export interface LookPace {
  count: number
  /** From the start of one look to the start of the next. */
  intervalMs: number
  stop: AbortSignal
}

/** Who looks. */
export interface Onlooker {
  /** All elements as the last look read them: of one that failed, the first; the others as they were. */
  show(elements: readonly ReadElement[]): void
  /** After each look that read all. */
  between(): Promise<void>
  /** Resolves when the next look is wanted. */
  whenWanted?: (() => Promise<void>) | undefined
}

/** Reads everything again and again. Resolves when it was stopped, or after the last look. */
export async function watch(readings: Readings, pace: LookPace, who: Onlooker): Promise<void> {
  const { count, intervalMs, stop } = pace
  let last: readonly ReadElement[] = []
  const show = () => {
    const read = readings.elements()
    if (read.length === 0) return
    last = [...read, ...last.slice(read.length)]
    who.show(last)
  }
  try {
    for (let looks = 0; looks < count && !stop.aborted; ) {
      const start = performance.now()
      // A value that was read is shown: reading it again may give another one.
      await readings.plan.run(stop).finally(show)
      await who.between()
      if (++looks < count) await pauseUntil(start + intervalMs, stop)
      await aborted(stop, who.whenWanted?.())
    }
  } catch (error) {
    if (!(error instanceof PhysmemError && error.code === 'EABORT')) throw error
  }
}

/** Waits for something, or until it is stopped. */
async function aborted(stop: AbortSignal, work: Promise<void> | undefined): Promise<void> {
  if (work === undefined || stop.aborted) return
  const gone = new AbortController()
  const stopped = new Promise<void>((resolve) => {
    stop.addEventListener('abort', () => resolve(), { once: true, signal: gone.signal })
  })
  await Promise.race([work, stopped])
  gone.abort()
}

/** A timer may fire a little early; a look may not. */
async function pauseUntil(timeMs: number, stop: AbortSignal): Promise<void> {
  while (!stop.aborted && performance.now() < timeMs) {
    const restMs = timeMs - performance.now()
    await setTimeout(restMs, undefined, { signal: stop }).catch(() => {})
  }
}
