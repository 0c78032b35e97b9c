import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { RefusedError, RequestError } from '../base/errors.ts'
import type { Width } from '../base/width.ts'
import { loadAddon } from '../engine/addon.ts'
import { toStatus } from '../linux/folder-files.ts'
import { readIomem } from '../linux/iomem.ts'
import { readKcoreHeaders } from '../linux/kcore.ts'
import type { LocalSystem, System } from '../linux/system.ts'
import { BusMemory } from '../memory/bus-memory.ts'
import { systemClock } from '../memory/clock.ts'
import { getElement, viewOf } from '../memory/elements.ts'
import { type Bus, BusFault } from '../memory/interpreter.ts'
import type { Program } from '../memory/program.ts'
import { endOf, isWriting, type Step } from '../memory/step.ts'
import { refusalError } from '../refusal/error.ts'
import { explainKcoreOpen, kcoreWithoutPhysical, maskedKcore } from '../refusal/kcore.ts'
import { formatAddress } from '../text/number.ts'
import { filePlaceName } from '../text/place-name.ts'
import { HiddenPages } from './kcore/hidden-pages.ts'
import { type RamSegment, ramSegments, segmentAt } from './kcore/ram.ts'

/**
 * Opens the RAM of this machine by its physical addresses, for reading only, through /proc/kcore.
 * The kernel shows it with CONFIG_STRICT_DEVMEM, and locked down for integrity, too. It needs
 * CAP_SYS_RAWIO. Throws a RefusedError that says why not.
 *
 * The kernel copies the bytes: that is not a single access, and of no importance in RAM.
 */
export function openKcore(system: LocalSystem): KcoreMemory {
  const name = system.at('/proc/kcore')
  const fd = openFile(name, system.now())
  try {
    const { pageSize } = loadAddon()
    const segments = readKcoreHeaders(system.files)
    const ram = ramSegments(segments, () => readIomem(system.files), pageSize)
    if (ram === undefined) {
      throw refusalError(`${name} cannot be read by physical address`, kcoreWithoutPhysical())
    }
    return new KcoreMemory(name, fd, ram, new HiddenPages(system, pageSize))
  } catch (error) {
    closeSync(fd)
    throw error
  }
}

function openFile(name: string, system: System): number {
  const what = `${name} cannot be opened for reading`
  const place = filePlaceName(name)
  let fd: number
  try {
    fd = openSync(name, 'r')
  } catch (cause) {
    const errno = (cause as NodeJS.ErrnoException).code ?? 'unknown error'
    throw refusalError(what, explainKcoreOpen(errno, system), { place, errno }, { cause })
  }
  const status = fstatSync(fd)
  if (status.isFile() && status.size > 0) return fd
  closeSync(fd)
  throw refusalError(what, maskedKcore(toStatus(status)), { place })
}

/**
 * RAM by physical address. Addresses that are not RAM are ENOTRAM, and nothing is read then; a write is
 * EREADONLY, a page that the kernel does not show EUNREADABLE.
 */
export class KcoreMemory extends BusMemory {
  readonly name: string
  /** Which addresses exist the segments tell. */
  readonly length = undefined
  /** What it cannot tell, for those who want to know; see `HiddenPages`. */
  readonly note: string | undefined
  readonly #fd: number
  readonly #segments: readonly RamSegment[]
  readonly #hidden: HiddenPages
  protected readonly bus: Bus

  constructor(name: string, fd: number, segments: readonly RamSegment[], hidden: HiddenPages) {
    super()
    this.name = name
    this.#fd = fd
    this.#segments = segments
    this.#hidden = hidden
    if (hidden.unknown !== undefined) {
      this.note = `the pages that the kernel shows as zeros are not known: ${hidden.unknown}`
    }
    const element = new Uint8Array(8)
    const view = viewOf(element)
    this.bus = {
      ...systemClock,
      name,
      load: (address, width) => {
        this.#read(address, element.subarray(0, width / 8))
        return getElement(view, 0, width)
      },
      loadBlock: (address, width, bytes) => this.#loadBlock(address, width, bytes),
      store: readOnly,
    }
  }

  /** The RAM around an address, or `undefined` where there is none. */
  stretchAt(address: number): { start: number; end: number } | undefined {
    return segmentAt(this.#segments, address)
  }

  protected check(program: Program): void {
    for (const [index, step] of program.steps.entries()) this.#checkStep(step, index)
  }

  protected release(): void {
    this.#hidden.close()
    closeSync(this.#fd)
  }

  #checkStep(step: Step, index: number): void {
    const data = { step: index, place: this.name }
    if (isWriting(step)) {
      const message = `${this.name} cannot be written: the kernel offers it for reading only`
      throw new RequestError('EREADONLY', message, data)
    }
    if (step.op === 'cache') {
      const message = `the cache lines of ${this.name} cannot be reached: it is read by system calls, not mapped`
      throw new RefusedError('EREFUSED', message, data)
    }
    if (!('address' in step)) return
    const end = endOf(step)
    for (let at = step.address; at < end; ) {
      const segment = segmentAt(this.#segments, at)
      if (!segment) throw notRam(this.name, at, index)
      at = segment.end
    }
  }

  /** Reads elements as far as they are in RAM, and returns how many. */
  #loadBlock(address: number, width: Width, bytes: Uint8Array): number {
    const done = this.#readPart(address, bytes)
    const hidden = this.#hidden.find(address, bytes.subarray(0, done))
    return Math.floor(((hidden ? hidden.address - address : done) * 8) / width)
  }

  /** Reads all bytes of one element, or throws a BusFault. */
  #read(address: number, bytes: Uint8Array): void {
    for (let done = 0; done < bytes.length; ) {
      const count = this.#readPart(address + done, bytes.subarray(done))
      if (count === 0) throw new BusFault('the file ends before', 'EIO')
      done += count
    }
    const hidden = this.#hidden.find(address, bytes)
    if (hidden) throw new BusFault(hidden.reason, 'EUNREADABLE')
  }

  #readPart(address: number, bytes: Uint8Array): number {
    const segment = segmentAt(this.#segments, address)
    if (!segment) throw new BusFault('it is not RAM', 'EIO')
    const count = Math.min(bytes.length, segment.end - address)
    const position = segment.offset + BigInt(address - segment.start)
    try {
      return readSync(this.#fd, bytes, 0, count, position)
    } catch (cause) {
      const fault = new BusFault(
        `reading failed with ${(cause as NodeJS.ErrnoException).code}`,
        'EIO',
      )
      fault.cause = cause
      throw fault
    }
  }
}

/** Bytes of device memory are never in /proc/kcore. */
function notRam(name: string, address: number, step: number): RefusedError {
  const hex = formatAddress(address)
  const message = `${hex} (${name}) is not RAM: /proc/kcore has nothing but the RAM that the kernel uses`
  return new RefusedError('ENOTRAM', message, { step, address, direction: 'read' })
}

function readOnly(): never {
  throw new Error('a write to /proc/kcore was not refused')
}
