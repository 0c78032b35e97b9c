import { type Cure, sentence } from '../base/cure.ts'
import { RefusedError, RequestError } from '../base/errors.ts'
import { type NodeSource, openSource } from '../engine/node-source.ts'
import type { MapSource, Mode } from '../engine/source.ts'
import { hasPorts } from '../linux/cpu.ts'
import { type Bar, barFile, pciExists, readBars } from '../linux/pci.ts'
import { isThere } from '../linux/read.ts'
import type { LocalSystem, System } from '../linux/system.ts'
import { explainBarMap, explainBarOpen } from '../refusal/pci-bar.ts'
import { noSuchFunction } from '../refusal/pci-function.ts'
import { remedied } from '../wording/cure.ts'

export interface PciBar {
  /** The function's name as the kernel writes it, for example `0000:00:04.0`. */
  device: string
  /** 0 to 5. */
  bar: number
  /** Take the write-combining mapping, which only a prefetchable BAR has. */
  writeCombining: boolean
}

export interface PciBarOptions {
  /** Bytes of a page of the kernel; for tests. */
  pageBytes?: number
}

/** A memory BAR of a PCI function, through its sysfs file resourceN. Throws ENOPLACE where there is none. */
export function pciBarSource(
  which: PciBar,
  mode: Mode,
  system: System,
  { pageBytes = system.pageSize }: PciBarOptions = {},
): NodeSource {
  const { device } = which
  const bar = findBar(which, system)
  return {
    name: placeOf(which),
    path: fileOf(which),
    mode,
    // drivers/pci/mmap.c maps from the page of its start on: a small BAR starts inside of one.
    base: bar.start % pageBytes,
    length: bar.length,
    explainOpen: explainBarOpen,
    explainMap: (errno, _, at) => explainBarMap(errno, device, bar.number, at),
  }
}

/** The same of this machine, open. */
export function openPciBar(
  which: PciBar,
  mode: Mode,
  system: LocalSystem,
  options: PciBarOptions = {},
): MapSource {
  const now = system.now()
  const source = pciBarSource(which, mode, now, options)
  checkMappable(which, now)
  return openSource(source, system)
}

/** Throws where the kernel offers no such mapping of a BAR that there is. */
export function checkMappable(which: PciBar, system: System): void {
  const { device, writeCombining } = which
  const path = fileOf(which)
  if (isThere(system.files, path)) return
  if (writeCombining) {
    throw absentBar(
      which,
      `BAR ${which.bar} of ${device} has no write-combining mapping: it is not prefetchable`,
    )
  }
  throw new RefusedError(
    'EREFUSED',
    `BAR ${which.bar} of ${device} cannot be mapped: this kernel offers no mapping of it (there is no ${path})`,
    { place: placeOf(which) },
  )
}

function fileOf({ device, bar, writeCombining }: PciBar): string {
  return barFile(device, bar, writeCombining)
}

/** The BAR, which has memory and an address. Throws ENOPLACE, with the reason, where there is none. */
export function findBar(which: PciBar, system: System): Bar {
  const { device } = which
  if (!pciExists(device, system.files)) throw absentBar(which, noSuchFunction(device, system))
  const bars = readBars(device, system.files)
  const bar = bars.find(({ number }) => number === which.bar)
  if (!bar) {
    const present = bars.map(({ number }) => number).join(', ')
    const known = present === '' ? 'it has none' : `it has BAR ${present}`
    throw absentBar(which, `${device} has no BAR ${which.bar}: ${known}`)
  }
  if (bar.kind === 'io') {
    const first = `0x${bar.start.toString(16)}`
    const message = `BAR ${bar.number} of ${device} is ${bar.length} I/O ports from ${first}, not memory: it cannot be mapped`
    const cure = hasPorts(system.files)
      ? `name its ports, the first of which is port:${first}`
      : sentence`${{ act: 'list', what: device }} says where they are in memory, as far as that is known`
    throw absentBar(which, message, cure)
  }
  if (!bar.assigned) {
    throw absentBar(
      which,
      `BAR ${bar.number} of ${device} has no address: the firmware and the kernel gave it none`,
    )
  }
  return bar
}

function placeOf({ device, bar, writeCombining }: PciBar): string {
  return `pci:${device}/bar${bar}${writeCombining ? '_wc' : ''}`
}

function absentBar(which: PciBar, message: string, cure?: Cure): RequestError {
  const place = placeOf(which)
  const remedy = cure === undefined ? {} : { cure }
  return new RequestError('ENOPLACE', message, ...remedied(remedy, { place }))
}
