/** Words that follow each other in a file, such as the entries of a page table. */
export interface Stretch {
  /** Number of the first word; in a page table that of its page. */
  page: number
  count: number
}

/**
 * A file of the kernel with 64 bits for each page or frame, open: /proc/PID/pagemap, /proc/kpageflags.
 * Far away it answers what was fetched of it; what was not is 0, and noted.
 */
export interface WordFile {
  /**
   * Reads words from number `first` on into `words`, two 32-bit halves each, the lower first. Returns
   * how many: fewer than fit where the file ends. Throws an error whose `code` is the errno.
   */
  read(first: number, words: Uint32Array): number
  /** Of a page table: the stretches of [first, end) in which there may be anything but 0. */
  populated(first: number, end: number): Iterable<Stretch>
  /**
   * Of a page table: whether one entry of a higher level maps this page and others; `undefined` where
   * the kernel does not tell it (PAGEMAP_SCAN, 6.7+).
   */
  isHuge(page: number): boolean | undefined
  close(): void
}
