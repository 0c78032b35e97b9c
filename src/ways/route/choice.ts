/** Which way was taken to an address, for those who want to know (`--verbose`). */
export interface Choice {
  address: number
  /** For example `/dev/mem`, `pci:0000:00:04.0/bar0`, `/dev/mem (cached)` or `/proc/kcore`. */
  way: string
  /** Why this one: what the ways before it said. Empty for the first one. */
  reason: string
}

export type NotifyChoice = (choice: Choice) => void
