import { errnoName } from '../../base/errno.ts'
import { RequestError } from '../../base/errors.ts'
import { counted } from '../../text/count.ts'
import { type Addon, loadAddon, type NativeWindow } from '../addon.ts'
import { refusedError } from '../refusal.ts'
import type { MapSource } from '../source.ts'
import { CalledWindow } from './called-window.ts'
import { checkStretch, MAX_BYTES } from './stretch.ts'
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
