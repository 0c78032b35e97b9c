import { FdWords } from '../linux/fd-words.ts'
import type { Stretch } from '../linux/word-file.ts'
import { PresenceScan } from './presence-scan.ts'

/** From here on it is worth a call to ask which pages are there at all. */
const SCANNED_PAGES = 512

/** A page table that this process has opened, with what the kernel tells of it (PAGEMAP_SCAN). */
export class ScannedWords extends FdWords {
  readonly #pageSize: number
  #scan: PresenceScan | undefined

  constructor(path: string, pageSize: number) {
    super(path)
    this.#pageSize = pageSize
  }

  override populated(first: number, end: number): Iterable<Stretch> {
    return end - first >= SCANNED_PAGES
      ? this.#scanner().stretches(first, end)
      : super.populated(first, end)
  }

  override isHuge(page: number): boolean | undefined {
    return this.#scanner().isHuge(page)
  }

  #scanner(): PresenceScan {
    this.#scan ??= new PresenceScan(this.fd, this.#pageSize)
    return this.#scan
  }
}
