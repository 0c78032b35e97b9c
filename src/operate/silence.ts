import { RequestError } from '../base/errors.ts'
import { barAt } from '../inventory/bar-at.ts'
import type { Files } from '../linux/files.ts'
import { readPciFunction } from '../linux/pci.ts'
import { linkName } from '../linux/read.ts'
import type { LocalSystem, System } from '../linux/system.ts'
import { findUio } from '../linux/uio-find.ts'
import { addressOfFile } from '../machine/local/file-address.ts'
import { pciFunctionOf } from '../machine/local/resolve/pci.ts'
import { formatPlace } from '../place/index.ts'
import type { Place } from '../place/schemes/index.ts'
import { isInConfig } from '../place/schemes/pci.ts'
import { type BarSpace, type Silence, silenceOf } from '../refusal/silent.ts'
import type { ShownAddress } from './shown-address.ts'

/** Something that was read, which may be no data, or stored: where it is named, and its physical address. */
export interface Access {
  place: Place
  address: ShownAddress
}

/**
 * Why what was read as all ones or zeros may be no data, or what was stored be lost, once for each PCI
 * function and cause: `told` has what was said. Registers may hold such: nothing is said of a function
 * that could answer. Nothing is accessed.
 */
export async function remarksOn(
  accesses: readonly Access[],
  { here, look, told }: RemarkOptions,
): Promise<Silence[]> {
  const remarks: Silence[] = []
  for (const access of accesses) {
    const remark =
      access.place.scheme === 'file'
        ? await remarkOn(access, here.now(), here)
        : await look((system) => remarkOn(access, system, here))
    if (remark === undefined || told.has(remark.text)) continue
    remarks.push(remark)
    told.add(remark.text)
  }
  return remarks
}

export interface RemarkOptions {
  /** This machine, which has the files. */
  here: LocalSystem
  /** Answers a question about the machine that was accessed. */
  look: <T>(question: (system: System) => Promise<T>) => Promise<T>
  /** What was said. */
  told: Set<string>
}

async function remarkOn(
  access: Access,
  system: System,
  here: LocalSystem,
): Promise<Silence | undefined> {
  const bars = await barsOf(access, system, here)
  const pci = bars && readPciFunction(bars.device, system.files)
  return pci && silenceOf(pci, bars.space, system)
}

interface Bars {
  /** The PCI function that has them. */
  device: string
  space: BarSpace
}

/** In which BARs of which function is what was read. */
async function barsOf(
  { place, address }: Access,
  system: System,
  here: LocalSystem,
): Promise<Bars | undefined> {
  switch (place.scheme) {
    case 'pci':
      if (isInConfig(place)) return undefined // It answers whatever is switched off.
      return { device: pciFunctionOf(place, system.files), space: 'memory' }
    case 'uio': {
      const device = functionOfUio(place, system.files)
      return device === undefined ? undefined : { device, space: 'memory' }
    }
    case 'file': {
      const physical = addressOfFile(place, here)
      return physical === undefined ? undefined : barsAt(physical, 'memory', system)
    }
    case 'port':
      return barsAt(place.offset, 'ports', system)
    case 'address':
    case 'iomem':
    case 'dt':
    case 'dtb':
      return barsAt(Number(address), 'memory', system)
    default:
      return undefined
  }
}

async function barsAt(
  address: number,
  space: 'memory' | 'ports',
  system: System,
): Promise<Bars | undefined> {
  const bar = await barAt(address, space, system)
  return bar && { device: bar.device, space: bar.io ? 'io' : 'memory' }
}

/** `undefined` for a device that is gone since it was read. */
function functionOfUio(place: Extract<Place, { scheme: 'uio' }>, files: Files): string | undefined {
  try {
    const { number } = findUio(place.device, formatPlace(place), files)
    return linkName(files, `/sys/class/uio/uio${number}/device`)
  } catch (error) {
    if (error instanceof RequestError) return undefined
    throw error
  }
}
