import { RequestError } from '../base/errors.ts'
import { mapSource } from '../engine/windows/map-window.ts'
import type { Window } from '../engine/windows/window.ts'
import type { CacheOperation } from '../kmod/client/ioctl.ts'
import type { Files } from '../linux/files.ts'
import { closedError } from '../memory/failure.ts'
import { hex } from '../memory/value.ts'
import { parsePciAddress } from '../place/schemes/pci.ts'
import { are, counted } from '../text/count.ts'
import { formatAddress } from '../text/number.ts'
import { checkKind } from '../text/options.ts'
import type { Backing, Caching, Origin } from './backing.ts'
import { checkDma, type DmaSafety } from './dma-safety.ts'

/**
 * RAM in one piece at a known physical address, for a device and a program to share. It is freed when
 * it is closed, and when the process ends, however it ends.
 *
 *     using buffer = await allocateBuffer({ length: 4096 })
 *     buffer.window.write32(0, 1)
 *     buffer.flush() // for a device that does not see the caches
 */
export class PhysicalBuffer {
  readonly from: Origin
  readonly physicalAddress: number
  /** What was asked for, rounded up to whole pages. */
  readonly length: number
  readonly caching: Caching
  readonly #backing: Backing
  readonly #below: number
  readonly #files: Files
  #window: Window | undefined
  #open = true

  /** @internal Made by `allocateBuffer`. */
  constructor(backing: Backing, below: number, files: Files) {
    this.from = backing.from
    this.physicalAddress = backing.address
    this.length = backing.length
    this.caching = backing.caching
    this.#backing = backing
    this.#below = below
    this.#files = files
  }

  /** All of it, mapped when this is first asked for. Its offsets count from the buffer's start. */
  get window(): Window {
    this.#check()
    this.#window ??= mapSource(this.#backing.source(), { address: 0, length: this.length })
    return this.#window
  }

  /** Writes lines back to memory, so that a device finds what this CPU wrote. Offsets in bytes. */
  clean(start = 0, length?: number): void {
    this.#cache('clean', start, length)
  }

  /** Writes lines back and drops them: the CPU then also finds what a device wrote. */
  flush(start = 0, length?: number): void {
    this.#cache('flush', start, length)
  }

  /**
   * Drops lines, so that the CPU finds what a device wrote; what the CPU itself wrote there since is
   * lost (arm64), or written back first (x86, which has no other way). EREFUSED for huge pages, which
   * have no module: only the kernel may do it.
   */
  invalidate(start = 0, length?: number): void {
    this.#cache('invalidate', start, length)
  }

  /**
   * The address by which a PCI function (`0000:00:04.0`) reaches the buffer: what is written into the
   * registers of the device. Behind an IOMMU it is another one than the physical address. Throws
   * where the function does not reach it.
   */
  dmaAddress(pci: string): number {
    this.#check()
    return this.#backing.reach(parsePciAddress(pci)).dmaAddress
  }

  /** Whether a device can use it for DMA, and why or why not, one by one. */
  dmaSafety(pci?: string): DmaSafety {
    this.#check()
    const name = pci === undefined ? undefined : parsePciAddress(pci)
    return checkDma(this.#backing, { pci: name, below: this.#below, files: this.#files })
  }

  /** Unmaps the window and frees the memory: a device must not use it any more. */
  close(): void {
    if (!this.#open) return
    this.#open = false
    this.#window?.close()
    this.#backing.close()
  }

  [Symbol.dispose](): void {
    this.close()
  }

  /** Without a length, to the end. */
  #cache(operation: CacheOperation, start: number, bytes: number | undefined): void {
    this.#check()
    checkKind('start', start, 'number')
    if (bytes !== undefined) checkKind('length', bytes, 'number')
    const length = bytes ?? this.length - start
    const whole = Number.isSafeInteger(start) && Number.isSafeInteger(length)
    if (!whole || start < 0 || length < 1 || start + length > this.length) {
      throw new RequestError(
        'ERANGE',
        `${counted(length, 'byte')} from ${hex(start)} ${are(length)} not inside the buffer: expected 1 byte or more from 0x0 to ${hex(this.length)}`,
        { address: start, length },
      )
    }
    this.#backing.cache(operation, start, length)
  }

  #check(): void {
    if (!this.#open) throw closedError(`the buffer at ${formatAddress(this.physicalAddress)}`)
  }
}
