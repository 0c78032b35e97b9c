import { loadAddon } from './addon.ts'

// include/uapi/linux/fs.h
const PAGE_IS_PRESENT = 8n
const PAGE_IS_SWAPPED = 16n
const PAGE_IS_HUGE = 64n
/** What is there: pages in RAM, and everything else that is not nothing. */
const THERE = PAGE_IS_PRESENT | PAGE_IS_SWAPPED

/** Words of `struct pm_scan_arg`. */
const START = 2
const END = 3
const WALK_END = 4
const ANY_OF = 10
const RETURN = 11

const REGIONS = 2048

const ENOTTY = 25

/** To read so many absent entries is faster than one more call. */
export const BRIDGED_PAGES = 256

/** Asks the kernel which pages of a process are there (ioctl PAGEMAP_SCAN, Linux 6.7+). */
export class PresenceScan {
  readonly #fd: number
  readonly #pageSize: bigint
  readonly #request = new BigUint64Array(12)
  readonly #regions = new BigUint64Array(3 * REGIONS)
  /** Whether the kernel has it: assumed until the first call. */
  #works = true

  constructor(fd: number, pageSize: number) {
    this.#fd = fd
    this.#pageSize = BigInt(pageSize)
  }

  /** The stretches of [page, end) that are not empty; small gaps between them are bridged. */
  *stretches(page: number, end: number): Generator<{ page: number; count: number }> {
    let at = page
    let from = page
    let to = page
    while (at < end && this.#works) {
      const found = this.#ask(at, end, THERE)
      if (found < 0) {
        this.#works = found !== -ENOTTY
        break
      }
      for (let index = 0; index < found; index++) {
        const start = this.#pageOf(this.#regions[3 * index] as bigint)
        if (start - to > BRIDGED_PAGES) {
          if (to > from) yield { page: from, count: to - from }
          from = start
        } else if (to === from) from = start
        to = this.#pageOf(this.#regions[3 * index + 1] as bigint)
      }
      const walked = this.#pageOf(this.#request[WALK_END] as bigint)
      if (walked <= at) break
      at = walked
    }
    if (to > from) yield { page: from, count: to - from }
    // Where the kernel cannot tell, everything may be there.
    if (at < end) yield { page: at, count: end - at }
  }

  /** Whether one entry of the page tables maps this page and others; `undefined` when unknown. */
  isHuge(page: number): boolean | undefined {
    const found = this.#works ? this.#ask(page, page + 1, PAGE_IS_HUGE) : -1
    return found < 0 ? undefined : found > 0
  }

  #pageOf(address: bigint): number {
    return Number(address / this.#pageSize)
  }

  #ask(page: number, end: number, anyOf: bigint): number {
    this.#request.fill(0n)
    this.#request[START] = BigInt(page) * this.#pageSize
    this.#request[END] = BigInt(end) * this.#pageSize
    this.#request[ANY_OF] = anyOf
    this.#request[RETURN] = anyOf
    return loadAddon().pagemapScan(this.#fd, this.#request, this.#regions)
  }
}
