import type { Refusal } from './refusal.ts'

const REASONS: Record<string, string> = {
  ENODEV: 'the driver is going away, or its memory does not start at a page (ENODEV)',
  EINVAL: 'its size is no whole number of pages, or the driver went away (EINVAL)',
}

/** Why a map of a UIO device could not be mapped: drivers/uio/uio.c, uio_mmap(). */
export function explainUioMap(errno: string): Refusal {
  return { code: 'EREFUSED', reason: REASONS[errno] ?? `mmap failed with ${errno}` }
}
