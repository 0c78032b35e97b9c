import { PhysmemError, RefusedError, RequestError } from '../base/errors.ts'
import { after, attempt, type Pending } from '../base/pending.ts'
import type { Value, Width } from '../base/width.ts'
import { type AccessFile, type FileOpener, openAccessFile } from '../engine/access-file.ts'
import { readIomem } from '../linux/iomem.ts'
import { readKcoreHeaders } from '../linux/kcore.ts'
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
 * Opens the RAM of a machine by its physical addresses, for reading only, through /proc/kcore.
 * The kernel shows it with CONFIG_STRICT_DEVMEM, and locked down for integrity, too. It needs
 * CAP_SYS_RAWIO. Rejects with a RefusedError that says why not.
 *
 * The kernel copies the bytes: that is not a single access, and of no importance in RAM.
 */
export async function openKcore(opener: FileOpener): Promise<KcoreMemory> {
  const file = await openAccessFile(opener, '/proc/kcore', 'read', explainKcoreOpen)
  const { path, status } = file
  try {
    if (status.kind !== 'file' || status.size === 0) {
      const what = `${path} cannot be opened for reading`
      throw refusalError(what, maskedKcore(status), { place: filePlaceName(path) })
    }
    const { ram, pageSize } = await opener.look(({ files, pageSize }) => ({
      ram: ramSegments(readKcoreHeaders(files), () => readIomem(files), pageSize),
      pageSize,
    }))
    if (ram === undefined) {
      throw refusalError(`${path} cannot be read by physical address`, kcoreWithoutPhysical())
    }
    return new KcoreMemory(file, ram, await HiddenPages.open(opener, pageSize))
  } catch (error) {
    await file.close()
    throw error
  }
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
  readonly #file: AccessFile
  readonly #segments: readonly RamSegment[]
  readonly #hidden: HiddenPages
  protected readonly bus: Bus

  constructor(file: AccessFile, segments: readonly RamSegment[], hidden: HiddenPages) {
    super()
    this.name = file.path
    this.#file = file
    this.#segments = segments
    this.#hidden = hidden
    if (hidden.unknown !== undefined) {
      this.note = `the pages that the kernel shows as zeros are not known: ${hidden.unknown}`
    }
    this.bus = {
      ...systemClock,
      name: this.name,
      load: (address, width) => this.#load(address, width),
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

  protected async release(): Promise<void> {
    await this.#hidden.close()
    await this.#file.close()
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
  #loadBlock(address: number, width: Width, bytes: Uint8Array): Pending<number> {
    return after(this.#readPart(address, bytes), (done) =>
      after(this.#hidden.find(address, bytes.subarray(0, done)), (hidden) =>
        Math.floor(((hidden ? hidden.address - address : done) * 8) / width),
      ),
    )
  }

  /** One element, or a BusFault. */
  #load(address: number, width: Width): Pending<Value> {
    const bytes = new Uint8Array(width / 8)
    return after(this.#readAll(address, bytes), () =>
      after(this.#hidden.find(address, bytes), (hidden) => {
        if (hidden) throw new BusFault(hidden.reason, 'EUNREADABLE')
        return getElement(viewOf(bytes), 0, width)
      }),
    )
  }

  #readAll(address: number, bytes: Uint8Array): Pending<void> {
    return after(this.#readPart(address, bytes), (count) => {
      if (count === 0) throw new BusFault('the file ends before', 'EIO')
      if (count < bytes.length) return this.#readAll(address + count, bytes.subarray(count))
    })
  }

  #readPart(address: number, bytes: Uint8Array): Pending<number> {
    const segment = segmentAt(this.#segments, address)
    if (!segment) throw new BusFault('it is not RAM', 'EIO')
    const part = bytes.subarray(0, segment.end - address)
    const position = segment.offset + BigInt(address - segment.start)
    return attempt(
      () => this.#file.read(part, position),
      (cause) => {
        if (cause instanceof PhysmemError) throw cause
        const { code } = cause as NodeJS.ErrnoException
        const fault = new BusFault(`reading failed with ${code}`, 'EIO')
        fault.cause = cause
        throw fault
      },
    )
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
