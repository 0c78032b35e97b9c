import { RequestError } from '../base/errors.ts'
import type { ExamineOptions } from '../doctor/examine.ts'
import type { ExaminePlaceOptions } from '../doctor/place.ts'
import { MODES, type Mode } from '../engine/source.ts'
import type { AccessPath } from '../engine/windows/map-window.ts'
import { checkWindow } from '../engine/windows/stretch.ts'
import type { Notify } from '../machine/found.ts'
import { formatHex } from '../text/number.ts'
import { checkKind, checkOptions, type OptionKinds } from '../text/options.ts'
import { clip } from '../text/refuse.ts'
import type { WalkOptions } from '../translate/walk.ts'
import { refuseNumber } from './number-as-place.ts'

/** How a memory is opened. */
export interface OpenOptions {
  /** `read` needs fewer rights and refuses every write. Default `write`, which also reads. */
  mode?: Mode
  /** Allows blocks over ranges of I/O ports, which act on the devices behind them. Default `false`. */
  actOnPorts?: boolean
  /** The same over ranges of registers of an I2C device. Default `false`. */
  actOnI2c?: boolean
  /** Told by which way addresses are reached, where there is a choice; one line for each way. */
  notify?: Notify
}

export const OPEN_OPTIONS: OptionKinds<OpenOptions> = {
  mode: MODES,
  actOnPorts: 'boolean',
  actOnI2c: 'boolean',
  notify: 'function',
}

/** How a stretch of memory is mapped as a window. */
export interface StretchOptions {
  /** First address of the window: physical, or an offset in the place. */
  address?: number
  /** Length in bytes. Default: to the end of the place, where that has one. */
  length?: number
  /** `read` maps read-only. Default `write`, which also reads. */
  mode?: Mode
  /** How single accesses are made. Default `auto`. */
  access?: AccessPath
}

/** Names what is mapped: a `place`, or the `address` and `length` of physical memory. */
export type Named = { place: string } | { place?: undefined; address: number; length: number }

export type Stretch = StretchOptions & Named

export const STRETCH_OPTIONS: OptionKinds<StretchOptions & { place: string }> = {
  address: 'number',
  length: 'number',
  place: 'string',
  mode: MODES,
  access: ['auto', 'typed', 'native'],
}

export type DoctorOptions = ExamineOptions
export type PlaceDoctorOptions = ExaminePlaceOptions
export type OwnersOptions = WalkOptions

/**
 * What is to be mapped, and how, from both arguments of `what`: `window`, or `mapWindow`. EUSAGE for
 * options that there are not, and where the arguments contradict each other; ERANGE for a stretch that
 * no window can have.
 */
export function joined<T extends StretchOptions>(
  what: string,
  given: string | (T & { place?: string | undefined }),
  more: T & { place?: string },
  kinds: OptionKinds<T & { place: string }>,
): T & { place?: string | undefined } {
  checkOptions(what, more, kinds)
  const options = join(what, given, more)
  checkOptions(what, options, kinds, "{ place: 'pci:0000:00:04.0/bar0' }")
  checkWindow(options)
  return options
}

function join<T extends StretchOptions>(
  what: string,
  given: string | (T & { place?: string | undefined }),
  more: T & { place?: string },
): T & { place?: string | undefined } {
  refuseNumber(what, given, physicalStretch)
  if (typeof given !== 'string') {
    if (Object.keys(more).length === 0) return given
    if (typeof given !== 'object') checkKind('place', given, 'string')
    const message = `${what} takes options once: after a place, or with the place in them`
    throw new RequestError('EUSAGE', message)
  }
  if (more.place === undefined || more.place === given) return { ...more, place: given }
  const message = `${what}: ${clip(given)} and ${clip(more.place)} are two places: leave out one of them`
  throw new RequestError('EUSAGE', message, { input: more.place })
}

function physicalStretch(address: number | bigint): string {
  return `{ address: ${formatHex(address)}, length: 0x100 } of physical memory`
}
