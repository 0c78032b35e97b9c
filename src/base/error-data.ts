/** What went wrong where: only what is known is present. */
export interface ErrorData {
  /** The place as a person would name it, for example `0xfed00000` or `pci:0000:00:04.0/bar0+0x4`. */
  place?: string
  /** Physical address, or offset in the memory. */
  address?: number
  /** Access width in bits. */
  width?: number
  /** `read` or `write`. */
  direction?: 'read' | 'write'
  /** Index of the program step that failed; all steps before it were done. */
  step?: number
  /** Elements of the failing block step that were done before the fault. */
  elementsDone?: number
  /**
   * Bytes from `address` to the end of its page in memory, where all of that cannot be accessed and not
   * this element alone: behind the end of a file, or where the kernel refuses to map the page.
   */
  restOfPage?: number
  /** errno name as the system gave it, for example `EPERM`. */
  errno?: string
  /** The offending text. */
  input?: string
  /** What to do about it, one sentence. */
  cure?: string
  /** The command lines that the cure is made of, in this order. */
  steps?: readonly string[]
  [key: string]: unknown
}
