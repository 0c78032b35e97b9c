import { errnoName } from '../../base/errno.ts'
import { RequestError } from '../../base/errors.ts'
import { hex } from '../../memory/value.ts'
import { counted } from '../../text/count.ts'
import { type Addon, loadAddon, type NativeWindow } from '../addon.ts'
import { refusedError } from '../refusal.ts'
import type { MapSource } from '../source.ts'
import { CalledWindow } from './called-window.ts'
import { TypedWindow } from './typed-window.ts'
import type { Window } from './window.ts'
import { windowWords } from './words.ts'

/**
 * How the single accesses of a window are made: `typed` through typed arrays (2 to 3 ns), `native`
 * through calls into the engine (about 20 ns). Both are exact and guarded. `auto` takes `typed`
 * where this process and CPU can.
 */
export type AccessPath = 'auto' | 'typed' | 'native'

export interface WindowStretch {
  /** Offset of the window in the source, in bytes. */
  address: number
  /** Length in bytes, at least 1. */
  length: number
  /** Default `auto`. */
  access?: AccessPath
}

/** Offsets in the mapping are 32-bit unsigned numbers on both paths. */
const MAX_BYTES = 2 ** 32

/**
 * Maps a stretch of a source as one window, which takes the source over: it is closed with the
 * window, and also when mapping fails. Throws ERANGE for a stretch that does not exist, and the
 * source's own explanation where the kernel refuses.
 */
export function mapSource(source: MapSource, stretch: WindowStretch): Window {
  try {
    const addon = loadAddon()
    checkStretch(source, stretch)
    return makeWindow(addon, source, stretch)
  } catch (error) {
    source.close()
    throw error
  }
}

function makeWindow(addon: Addon, source: MapSource, stretch: WindowStretch): Window {
  const { address, length, access = 'auto' } = stretch
  const first = source.base + address
  const start = source.wholeOnly ? (source.base % addon.pageSize) + address : first % addon.pageSize
  if (start + length > MAX_BYTES) throw tooFar(source, stretch)
  const bytes = Math.ceil((start + length) / addon.pageSize) * addon.pageSize
  const native = mapPages(addon, source, first - start, bytes, windowWords, address)
  const { has64BitAccess, fence } = addon
  const mapped = {
    ...{ source, native, flag: windowWords, address, length, start },
    ...{ has64BitAccess, fence },
  }
  if (access !== 'native' && native.buffer) return new TypedWindow(mapped, native.buffer)
  if (access !== 'typed') return new CalledWindow(mapped)
  native.close()
  throw new RequestError(
    'EPLATFORM',
    "this process allows no typed array over mapped memory: use access: 'auto' or 'native'",
  )
}

function mapPages(
  addon: Addon,
  source: MapSource,
  offset: number,
  length: number,
  words: Uint32Array,
  address: number,
): NativeWindow {
  try {
    return addon.windowMap(source.fd, offset, length, source.mode === 'write', words)
  } catch (cause) {
    const errno = (cause as { errno?: number }).errno
    if (errno === undefined) throw cause
    const name = errnoName(errno)
    throw refusedError(source.name, source.explain(name, address), { address, errno: name })
  }
}

/** What is mapped from its start only: the window would end beyond what its offsets can name. */
function tooFar({ name }: MapSource, { address, length }: WindowStretch): RequestError {
  return new RequestError(
    'ERANGE',
    `a window of ${counted(length, 'byte')} at 0x${address.toString(16)} in ${name}, which is mapped from its start only: expected one that ends within 4 GiB; open() reaches what is beyond`,
    { address, length },
  )
}

/** Throws ERANGE for a stretch that no window can have, or that the source does not have. */
export function checkStretch(
  source: Pick<MapSource, 'name' | 'length'>,
  { address, length }: WindowStretch,
): void {
  const whole = Number.isSafeInteger(address) && Number.isSafeInteger(length)
  const end = address + length
  if (!whole || address < 0 || length < 1 || length > MAX_BYTES - 65536) {
    throw new RequestError(
      'ERANGE',
      `a window of ${counted(length, 'byte')} at ${hex(address)} (${source.name}): expected a length of 0x1 to ${hex(MAX_BYTES - 65536)} and an address of 0 or more`,
      { address, length },
    )
  }
  if (source.length === undefined || end <= source.length) return
  throw new RequestError(
    'ERANGE',
    `0x${address.toString(16)} to 0x${(end - 1).toString(16)} is not inside ${source.name}: expected 0x0 to 0x${(source.length - 1).toString(16)}`,
    { address, length },
  )
}
