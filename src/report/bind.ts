/** `physmem bind --json`. */
export interface BindDocument {
  /** The PCI function: `0000:00:04.0`. */
  device: string
  driver: string
  /** The driver that it had. */
  previous?: string
  /** `uioN`. */
  uio?: string
}
