import { RequestError } from '../base/errors.ts'
import type { Files } from './files.ts'
import { listPci, readPciIds } from './pci.ts'

/** What names a PCI function by what it is. */
export interface PciIds {
  /** 16 bits each, as `lspci -n` prints them. */
  vendorId: number
  deviceId: number
  /**
   * Which of several, from 0, by ascending addresses; `undefined` where there is to be one only.
   */
  index: number | undefined
}

/**
 * The address of the function with these ids. Throws ENOPLACE, with `place`, where there is none, and
 * where there are several and none is chosen. `placeOf` gives the place of each of them.
 */
export function findPciByIds(
  { vendorId, deviceId, index }: PciIds,
  place: string,
  placeOf: (index: number) => string,
  files: Files,
): string {
  const all = listPci(files)
    .sort()
    .map((address) => ({ address, ...readPciIds(address, files) }))
  const found = all.filter(({ vendor, device }) => vendor === vendorId && device === deviceId)
  const shown = showIds(vendorId, deviceId)
  const chosen = found[index ?? 0]
  if (chosen !== undefined && (index !== undefined || found.length === 1)) return chosen.address
  const absent = (message: string) => new RequestError('ENOPLACE', message, { place })
  if (found.length > 1 && index === undefined) {
    const places = found.map(({ address }, at) => `${placeOf(at)} (${address})`).join(', ')
    throw absent(`${found.length} PCI functions are ${shown}: choose one of ${places}`)
  }
  if (found.length > 0) {
    const last = found.length - 1
    const known = last === 0 ? 'there is only #0' : `there are #0 to #${last}`
    throw absent(`there is no PCI function ${shown}#${index}: ${known}`)
  }
  const others = all.flatMap(({ address, vendor, device }) =>
    vendor === undefined || device === undefined ? [] : [`${showIds(vendor, device)} (${address})`],
  )
  const known = others.length === 0 ? 'this machine has none' : `there are ${others.join(', ')}`
  throw absent(`there is no PCI function ${shown}: ${known}`)
}

/** Every PCI function by what names it alone: its ids, of several also its number. */
export function namedByIds(files: Files): { address: string; ids: string }[] {
  const all = listPci(files)
    .sort()
    .flatMap((address) => {
      const { vendor, device } = readPciIds(address, files)
      if (vendor === undefined || device === undefined) return []
      return [{ address, ids: showIds(vendor, device) }]
    })
  return all.map(({ address, ids }) => {
    const alike = all.filter((one) => one.ids === ids)
    const index = alike.findIndex((one) => one.address === address)
    return { address, ids: alike.length === 1 ? ids : `${ids}#${index}` }
  })
}

/** As `lspci -n` prints them: `8086:100e`. */
export function showIds(vendor: number, device: number): string {
  return [vendor, device].map((id) => id.toString(16).padStart(4, '0')).join(':')
}
