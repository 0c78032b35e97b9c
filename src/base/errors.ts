/**
 * Every error that physmem throws on purpose. `code` is stable and may be tested by programs;
 * the message is for people; `data` carries what a program needs to react.
 */

import type { Remedy } from './cure.ts'
import type { ErrorData } from './error-data.ts'
import { publishedData } from './published-data.ts'
import type { RunResults } from './run-results.ts'
import { shorten } from './shorten.ts'

/** Stable error codes. A code is never renamed; new ones may be added. */
export type ErrorCode =
  // The request is wrong: nothing was touched.
  | 'ESYNTAX' // text that is not a place, number, range or value
  | 'ERANGE' // an address, length, bit number or value outside what is allowed
  | 'EALIGN' // an address or length that is not a multiple of the access width
  | 'EWIDTH' // a width that this memory or CPU cannot access in one piece
  | 'EVALUE' // a value that does not fit the access or the field
  | 'ESCHEME' // an unknown scheme or target
  | 'ENOPLACE' // a well-formed place that does not exist on this machine
  | 'EUSAGE' // a wrong combination or type of arguments
  // The memory could not be reached.
  | 'EPLATFORM' // this operating system or CPU cannot do it
  | 'ENOPROCESS' // there is no such process (any more)
  | 'ECONNECTION' // a machine far away cannot be reached, or not any more
  | 'EOPEN' // opening failed for a reason without a code of its own
  | 'EPERMISSION' // the user may not open it
  | 'EREFUSED' // the kernel refused the mapping
  | 'EREFUSED_STRICT_DEVMEM' // CONFIG_STRICT_DEVMEM: RAM is not reachable through /dev/mem
  | 'EREFUSED_BUSY' // a driver has it: a region that CONFIG_IO_STRICT_DEVMEM protects, or a device of I2C
  | 'EREFUSED_PAT' // x86 page attributes: RAM, on a kernel without STRICT_DEVMEM
  | 'EREFUSED_MEMTYPE' // x86 page attributes: the kernel maps it cached, and it was to be uncached
  | 'EREFUSED_NO_DEVMEM' // this kernel has no /dev/mem, or a container hides it
  | 'EREFUSED_NO_KCORE' // this kernel has no /proc/kcore, or a container hides it
  | 'EREFUSED_NO_PORTS' // this kernel lets no program reach I/O ports
  | 'EREFUSED_NO_MSR' // this kernel shows no model-specific registers: the module msr is not loaded
  | 'EREFUSED_LOCKDOWN' // the kernel is locked down
  | 'EREFUSED_NO_KMOD' // the kernel module of physmem is not loaded, or a container hides it
  | 'EREFUSED_KMOD_VERSION' // the loaded module belongs to another version of physmem
  | 'EREFUSED_CACHING' // it is mapped with another caching already, or cannot have this one
  | 'EBUILD' // the kernel module could not be built
  | 'EINUSE' // what was to be removed is in use
  | 'ENOMEMORY' // no free memory is long enough and meets the limits
  | 'ENOPAGEMAP' // this kernel has no pagemap
  | 'EHIDDEN' // the kernel hides physical addresses from this user
  | 'EKERNELTHREAD' // a thread of the kernel has no memory of its own
  | 'EDEVICETREE' // a device tree that is damaged or contradicts itself
  | 'ENOTRAM' // no RAM is at this address, and the memory has nothing else
  | 'EREADONLY' // a write to something opened or mapped for reading
  | 'ECLOSED' // used after close
  // A virtual address has no physical one (now).
  | 'EUNMAPPED' // outside of every mapping
  | 'EKERNELHALF' // an address of the kernel where one of a process is expected
  | 'ENOTPRESENT' // no page is there (yet)
  | 'ESWAPPED' // the page is in swap
  | 'EMIGRATING' // the page is being moved
  | 'EGUARD' // a guard page
  | 'EHWPOISON' // the page is broken
  | 'EDEVICEPAGE' // the page is in the memory of a device
  | 'ENOPHYSICAL' // the physical address is not known
  // The access itself failed.
  | 'EFAULT_BUS' // SIGBUS: nothing answered, or the file ends before
  | 'EFAULT_SEGV' // SIGSEGV: the mapping does not allow this access
  | 'EIO' // reading or writing a file failed
  | 'EUNREADABLE' // the kernel shows zeros in place of this page
  | 'EMOVED' // the page of a virtual address moved during the access
  // The condition was not met.
  | 'ETIMEOUT' // a wait ended without its condition
  | 'EABORT' // stopped by the caller

/** What may come with an error besides its data. */
export interface PhysmemErrorOptions extends ErrorOptions {
  results?: RunResults | undefined
  /** @internal What `cure`, `cures` and `steps` of the data say, for whoever words them anew. */
  remedy?: Remedy | undefined
}

/** Calls of physmem's own, at most, between the caller's line and where an error is made. */
const OWN_FRAMES = 20

/**
 * As long as a path can be (PATH_MAX of the kernel's limits.h): what is longer is not text of a
 * person.
 */
const LONGEST_INPUT = 4096

/** Of a longer message the longest words are cut: what was given, and is of no length that is read. */
const LONGEST_MESSAGE = 1000
const LONGEST_WORD = 80

function readable(message: string): string {
  if (message.length <= LONGEST_MESSAGE) return message
  return message.replace(/\S{81,}/g, (word) => shorten(word, LONGEST_WORD))
}

/** The data, of which no text is longer than a path. */
function readableData(data: ErrorData): ErrorData {
  const isLong = (value: unknown) => typeof value === 'string' && value.length > LONGEST_INPUT
  if (!Object.values(data).some(isLong)) return data
  const cut = (value: unknown) => (isLong(value) ? shorten(value as string, LONGEST_INPUT) : value)
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, cut(value)]))
}

/** Base of every error that physmem throws on purpose. */
export class PhysmemError extends Error {
  readonly code: ErrorCode
  readonly data: ErrorData
  /** Present when a program was running: what its steps did before `data.step` failed. */
  declare readonly results?: RunResults
  /** @internal What `cure`, `cures` and `steps` of the data say, for whoever words them anew. */
  declare readonly remedy?: Remedy

  constructor(
    code: ErrorCode,
    message: string,
    data: ErrorData = {},
    options: PhysmemErrorOptions = {},
  ) {
    const limit = Error.stackTraceLimit
    Reflect.set(Error, 'stackTraceLimit', limit + OWN_FRAMES)
    super(readable(message), options)
    Reflect.set(Error, 'stackTraceLimit', limit)
    this.name = new.target.name
    this.code = code
    this.data = readableData(data)
    if (options.results !== undefined) this.results = options.results
    const { remedy } = options
    // Whoever prints an error has its words in the data.
    if (remedy !== undefined) Object.defineProperty(this, 'remedy', { value: remedy })
  }

  /**
   * For a log: name, code and message, and of the data what JSON documents have of errors, too. Values
   * of 64 bits are strings in hexadecimal, since JSON numbers lose digits; a `cause` is its message.
   * `results` and the stack are left out.
   */
  toJSON(): Record<string, unknown> {
    const { name, code, message, data, cause } = this
    const said = cause instanceof Error ? readable(cause.message) : cause
    const more = said === undefined ? {} : { cause: plain(said) }
    return { name, code, message, data: plain(publishedData(data)), ...more }
  }
}

function hexadecimal(value: bigint): string {
  const [sign, digits] = value < 0n ? ['-', -value] : ['', value]
  return shorten(
    `${sign}0x${digits.toString(16).padStart(sign === '' ? 16 : 0, '0')}`,
    LONGEST_WORD,
  )
}

/**
 * The same in what JSON has. Bytes are hexadecimal digits, and what is not a number is its name.
 */
function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return hexadecimal(value)
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value)
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex')
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value
  if (typeof value !== 'object') return value === undefined ? undefined : String(value)
  if ('toJSON' in value) return value
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, plain(one)]))
}

/** The request is wrong; nothing was touched. The command line exits with 2. */
export class RequestError extends PhysmemError {}

/** The memory could not be opened or mapped. The command line exits with 1. */
export class RefusedError extends PhysmemError {}

/** An access failed; `data.step` and the partial results say what was done. Exit 1. */
export class AccessError extends PhysmemError {}

/** A condition was not met in time, or the caller stopped the work. Exit 3 for a time-out. */
export class ConditionError extends PhysmemError {}
