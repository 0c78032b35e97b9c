import type { Refusal } from './refusal.ts'

const REASONS: Record<string, string> = {
  ENODEV: 'the driver is going away, or its memory does not start at a page (ENODEV)',
  EINVAL: 'its size is not a whole number of pages, or the driver went away (EINVAL)',
}

/** Why a device that was there is there no more. */
export const GONE = 'its driver was unbound, or it was removed'

/** Why a map of a UIO device could not be mapped: drivers/uio/uio.c, uio_mmap(). */
export function explainUioMap(errno: string): Refusal {
  return { code: 'EREFUSED', reason: REASONS[errno] ?? `mmap failed with ${errno}` }
}

/**
 * Why no interrupt can be waited for or let through: drivers/uio/uio.c, uio_read() and uio_write(),
 * which answer the same when the driver has gone and when its device has no interrupt. `isThere`
 * says whether it still is the device that was opened.
 */
export function explainInterrupts(errno: string, isThere: boolean): Refusal {
  if (errno !== 'EIO' && errno !== 'EINVAL' && errno !== 'ENODEV') {
    return { code: 'EIO', reason: `the driver answered ${errno}` }
  }
  if (isThere) return { code: 'EREFUSED', reason: `it has no interrupt (${errno})` }
  return { code: 'EIO', reason: `${GONE} (${errno})` }
}
