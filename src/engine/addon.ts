import { RefusedError } from '../base/errors.ts'
import { engineFile, howToGetOne, loadEngine, MARK_IT_EXTERNAL } from './engine-file.ts'

/** An engine memory, opaque. */
export type MemoryHandle = { readonly memoryHandle: unique symbol }

/** A program that the engine has checked and keeps, opaque. */
export type ProgramHandle = { readonly programHandle: unique symbol }

/** A guarded mapping and its accessors. Offsets are bytes from the start of the mapping. */
export interface NativeWindow {
  /** Over the whole mapping; missing where this process allows no external buffers. */
  buffer?: ArrayBuffer
  /** At the offset in `words[1]`; puts the value into `words[2]`. */
  read8(): void
  read16(): void
  read32(): void
  read64(offset: number): bigint
  /** At the offset in `words[1]` the value in `words[2]`. */
  write8(): void
  write16(): void
  write32(): void
  write64(offset: number, value: bigint): void
  /** Returns how many elements were done before a fault. */
  readBlock(offset: number, bytes: number, fixed: boolean, out: Uint8Array): number
  writeBlock(offset: number, bytes: number, fixed: boolean, data: Uint8Array): number
  /**
   * Returns how it ended: 0 met, 1 fault, 2 time is up. Calls `look` every 20 ms or so: a thread that
   * is to end (`worker.terminate()`) ends there.
   */
  wait(
    offset: number,
    bytes: number,
    mask: bigint | number,
    equals: bigint | number,
    negate: boolean,
    timeoutMs: number,
    intervalUs: number,
    cells: BigUint64Array,
    look: () => void,
  ): number
  /** After a fault: maps the page back, lowers the flag, returns the offset of the fault. */
  recover(): number
  /** Detaches the buffer and unmaps. */
  close(): void
}

/**
 * A page of this process: written, so that it has a frame of its own; locked and pinned where that is
 * allowed; not shared with children. Offsets are bytes, multiples of 4.
 */
export interface OwnPage {
  /** Virtual. */
  readonly address: bigint
  /** Whether mlock was granted: otherwise it could be swapped out. */
  readonly locked: boolean
  /** Whether its frame is held, so that the kernel cannot move the page to another one. */
  readonly pinned: boolean
  /** A load: what others changed in the frame is seen. */
  read32(offset: number): number
  write32(offset: number, value: number): void
  /** Unmaps; the accessors throw from then on. */
  close(): void
}

/**
 * Huge pages of this process: written, so that they are there; locked and pinned where that is
 * allowed. They go on as long as they are mapped or the descriptor is open.
 */
export interface HugePages {
  /** A memfd of huge pages, to be mapped from offset 0 on. */
  readonly fd: number
  /** Virtual, of the first byte. */
  readonly address: bigint
  /** Bytes: whole pages. */
  readonly length: number
  readonly pageBytes: number
  /** Whether mlock was granted. */
  readonly locked: boolean
  /** Whether their frames are held, so that the kernel cannot move them. */
  readonly pinned: boolean
  /** Cleans or flushes lines; false on a CPU that keeps that to the kernel. */
  cache(flush: boolean, offset: number, length: number): boolean
  /** Unmaps them, and closes the descriptor. */
  close(): void
}

/** A thread that waits for the interrupts of a UIO device. */
export interface InterruptWatch {
  /** Whether the process stays for an interrupt to come; at first it does not. */
  hold(on: boolean): void
  /** Ends the thread, and returns when it has ended. There are no calls from then on. */
  close(): void
}

/** What this CPU lets user programs do to cache lines. */
export interface CacheControl {
  readonly lineBytes: number
  /** The instruction that writes a line back; where it is that of a flush, the line is dropped, too. */
  readonly clean: string
  readonly flush: string
}

/** I/O ports, on x86-64 only. Permission is the calling thread's own. */
export interface Ports {
  /** Lets this thread use `bytes` ports from `port` on: 0, or an errno. */
  portAllow?(port: number, length: number): number
  /** One `in` instruction of `width` bytes. Without permission the process dies. */
  portIn?(port: number, width: number): number
  /** One `out` instruction. */
  portOut?(port: number, width: number, value: number): void
}

/**
 * The calls of /dev/i2c-N. `fd` must be of such a node: their numbers mean other things to other
 * drivers. Each makes at most one transaction, and returns 0 or a negative errno.
 */
export interface I2cCalls {
  /** What the adapter can, by the bits I2C_FUNC_* of include/uapi/linux/i2c.h; or a negative errno. */
  i2cFunctions(fd: number): number
  /** Names the device of SMBus transactions, by 7 bits. -EBUSY: a driver of the kernel has it. */
  i2cSelect(fd: number, address: number): number
  /**
   * Writes `out`, 1 to 32 bytes, and reads `into`, 0 to 32 bytes, behind a repeated start: one
   * transaction.
   */
  i2cTransfer(fd: number, address: number, out: Uint8Array, into: Uint8Array): number
  /**
   * Byte data for 1 of `bytes`, word data for 2, in the order of the wire; read into them, or written
   * from them. `command` is the number of the register, 8 bits.
   */
  i2cSmbus(fd: number, isRead: boolean, command: number, bytes: Uint8Array): number
}

/** What `native/addon.c` exports. */
export interface Addon extends Ports, I2cCalls {
  readonly version: number
  readonly pageSize: number
  readonly has64BitAccess: boolean
  bare(): number
  fence(): void
  /** Ends the process at once, as _exit(2) does: nothing of Node's own end comes to pass. */
  leave(code: number): never
  /** The smallest line of the data caches, and the instructions; `undefined` where there are none. */
  cacheControl(): CacheControl | undefined
  /**
   * Checks the binary form of a program once, and keeps `bytes`. `undefined` when it is refused:
   * `outcome` then says why, as after a run.
   */
  programCheck(bytes: Uint8Array, outcome: Float64Array): ProgramHandle | undefined
  /**
   * Throws an Error with `errno` when there is no memory. Each run puts status, done, step, elements, errno and address of its end into `outcome`; `whole`:
   * see engine.h.
   */
  memoryCreate(
    fd: number,
    base: number,
    length: number,
    writable: boolean,
    regularFile: boolean,
    outcome: Float64Array,
    cancel: Int32Array,
    whole: boolean,
  ): MemoryHandle
  memoryDestroy(memory: MemoryHandle): void
  /** Maps what a program needs, and accesses nothing. */
  prepare(...work: RunArguments): void
  /** Throws an Error with `errno` when `runAsync` would get no thread; otherwise the next one has it. */
  reserveThread(): void
  /** Runs it to its end, or to where it has to wait (`pending`): `runAsync` goes on. */
  run(...work: RunArguments): void
  /**
   * Runs it from step `first` on (0, or as many as `run` did before it had to wait) on a thread of the
   * engine, and calls `done` when it has ended; until then every other call with this memory throws.
   * Throws an Error with `errno` when there can be no thread.
   */
  runAsync(...work: [...RunArguments, first: number, done: () => void]): void
  /**
   * Samples a program of single reads on a thread of the engine, as runAsync runs one: see
   * native/sample.h. `settings`: period and duration in nanoseconds, count, number of the read of
   * the trigger (no such read: none), whether it is negated, its mask and its value. `masks`: one a
   * read, or none. `ring`: records of 1 + reads cells, a power of two of them. `ends`: its head,
   * which the engine moves, and its tail. `told`: when it ended, start and last time, samples taken,
   * kept, lost, and periods missed, and samples lost after the last record, and the time of the
   * first of them.
   */
  sample(
    memory: MemoryHandle,
    program: Uint8Array,
    settings: BigUint64Array,
    masks: BigUint64Array,
    ring: BigUint64Array,
    ends: Uint32Array,
    told: BigUint64Array,
    done: () => void,
  ): void
  /**
   * Cancels all that `runAsync` and `sample` began on this thread, and returns when it has ended: `done` is not
   * called any more. The end of a worker does that by itself.
   */
  stopRuns(): void
  /** `words`: three, of which the first is the fault flag. */
  windowMap(
    fd: number,
    offset: number,
    length: number,
    writable: boolean,
    words: Uint32Array,
  ): NativeWindow
  /**
   * ioctl PAGEMAP_SCAN (Linux 6.7+) on an open /proc/PID/pagemap. `request` is the 12 words of
   * `struct pm_scan_arg`, in which size and vector are filled in here; a region is 3 words of
   * `regions`. Returns how many regions there are, or a negative errno; `request[4]` is then where
   * the walk ended.
   */
  pagemapScan(fd: number, request: BigUint64Array, regions: BigUint64Array): number
  /** flock() of an open file, which is not waited for: 0, or a negative errno (EAGAIN: another has it). */
  fileLock(fd: number): number
  /**
   * pipe2() with O_CLOEXEC: puts the descriptors of the end that is read and of the one that is written
   * into `ends`, and returns 0, or a negative errno. It holds `bytes` where the kernel allows it.
   */
  openPipe(ends: Int32Array, bytes: number): number
  /** Throws an Error with `errno` when there is no memory. */
  ownPage(): OwnPage
  /**
   * ioctl of a device: what it returned, or a negative errno. `bytes` must be as many as the number
   * of the request says (_IOC_SIZE).
   */
  ioctl(fd: number, request: number, bytes: Uint8Array): number
  /** Loads the module of the kernel in an open file, by MODULE_INIT_*: 0, or a negative errno. */
  moduleLoad(fd: number, flags: number): number
  /** Unloads a module of the kernel that nothing uses: 0, or a negative errno. */
  moduleUnload(name: string): number
  /**
   * `bytes` of huge pages of 2^`pageShift` bytes each, or of the system's own size for 0. Throws an
   * Error with `errno`: ENOMEM where not enough are reserved, ENOSYS or EINVAL where there are none
   * of that size.
   */
  hugePages(length: number, pageShift: number): HugePages
  /**
   * Polls the descriptor of a UIO device on a thread of its own, takes the 4 bytes of its count and
   * CLOCK_MONOTONIC, and calls back on this thread. What comes faster than that is reported as one,
   * with the latest count. `errno` is 0, or why the thread ended: nothing comes any more. Throws an
   * Error with `errno` for a descriptor that is not open.
   */
  watchInterrupts(
    fd: number,
    callback: (count: number, timeNs: bigint, errno: number) => void,
  ): InterruptWatch
}

type RunArguments = [
  memory: MemoryHandle,
  program: ProgramHandle | Uint8Array,
  /** Two 64-bit cells a step, or of a narrow program one word a step: see engine.h. */
  cells: BigUint64Array | Uint32Array,
  data: Uint8Array,
]

/** PM_ADDON_VERSION in native/addon.h. */
const ADDON_VERSION = 12

let loaded: Addon | undefined

/**
 * The engine, loaded on first use, so that importing physmem works on any operating system.
 * Throws EPLATFORM where there is none: on another system than Linux, or on a CPU without a
 * prebuilt engine.
 */
export function loadAddon(): Addon {
  loaded ??= loadAddonFor(process.platform, process.arch)
  return loaded
}

/** The same for a platform and CPU as Node names them. */
export function loadAddonFor(platform: string, cpu: string): Addon {
  if (platform !== 'linux') {
    throw new RefusedError(
      'EPLATFORM',
      `this machine's memory can be opened only on Linux, but this is ${platform}: simulated boards (sim:) work here`,
      { platform },
    )
  }
  const name = `${platform}-${cpu}`
  const file = engineFile(name)
  if (file === undefined) {
    throw new RefusedError(
      'EPLATFORM',
      `the engine for ${name} was not found, since this program is a bundle: ${MARK_IT_EXTERNAL}`,
      { platform, cpu, cure: MARK_IT_EXTERNAL },
    )
  }
  const addon = requireAddon(file, platform, cpu)
  if (addon.version === ADDON_VERSION) return addon
  throw new RefusedError(
    'EPLATFORM',
    `the engine for ${platform}-${cpu} belongs to another version of physmem (${addon.version ?? 1}, expected ${ADDON_VERSION})`,
    { platform, cpu, cure: howToGetOne(file) },
  )
}

function requireAddon(file: string, platform: string, cpu: string): Addon {
  try {
    return loadEngine(file) as Addon
  } catch (cause) {
    const reason = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause)
    throw new RefusedError(
      'EPLATFORM',
      `the engine for ${platform}-${cpu} could not be loaded: ${reason}`,
      { platform, cpu, cure: howToGetOne(file) },
      { cause },
    )
  }
}
