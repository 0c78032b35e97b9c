import { didYouMean, hint } from '../../text/hint.ts'
import { formatHex } from '../../text/number.ts'
import { checkKind } from '../../text/options.ts'
import { clip, malformed, quote, refusal } from '../../text/refuse.ts'
import { accepted } from '../../text/suggest.ts'
import { type Scheme, withOffset } from '../scheme.ts'

/** A place in a base address register (BAR) of a PCI function: `pci:0000:00:04.0/bar0+0x4`. */
export interface PciPlace {
  scheme: 'pci'
  /** 0 on most machines; above 0xffff behind some host bridges (Intel VMD). */
  domain: number
  /** 0 to 0xff. */
  bus: number
  /** 0 to 0x1f. */
  device: number
  /** 0 to 7. */
  function: number
  /** 0 to 5. */
  bar: number
  /** Whether the write-combining mapping is asked for (sysfs `resourceN_wc`), written `bar0_wc`. */
  writeCombining: boolean
  offset: number
}

/** The same of the function with these ids: `pci:8086:100e/bar0`, of several `pci:8086:100e#1/bar0`. */
export interface PciIdPlace {
  scheme: 'pci'
  /** 16 bits. */
  vendorId: number
  /** 16 bits. */
  deviceId: number
  /** Which of several, from 0, by ascending addresses; `undefined` where there is one only. */
  index: number | undefined
  /** 0 to 5. */
  bar: number
  writeCombining: boolean
  offset: number
}

/** A place in the configuration space of a PCI function: `pci:0000:00:04.0/config+0x4`. */
export interface PciConfigPlace extends Where {
  scheme: 'pci'
  space: 'config'
  offset: number
}

/** The same of the function with these ids: `pci:8086:100e/config`. */
export interface PciIdConfigPlace extends Ids {
  scheme: 'pci'
  space: 'config'
  offset: number
}

/** Every place of the scheme `pci:`. */
export type AnyPciPlace = PciPlace | PciIdPlace | PciConfigPlace | PciIdConfigPlace

export function isByIds(place: AnyPciPlace): place is PciIdPlace | PciIdConfigPlace {
  return 'vendorId' in place
}

/** Whether a place is in configuration space, not in a BAR. */
export function isInConfig(place: AnyPciPlace): place is PciConfigPlace | PciIdConfigPlace {
  return 'space' in place
}

const example = 'pci:0000:00:04.0/bar0+0x4'

export const pci: Scheme<AnyPciPlace> = {
  name: 'pci',
  example,
  otherExample: 'pci:8086:100e/bar0',
  suffixesFrom: (body) => (body.includes('/') ? body.indexOf('/') : body.length),
  parse: (subject, offset) => {
    const slash = subject.indexOf('/')
    const which = slash < 0 ? subject : subject.slice(0, slash)
    // A function's address has a dot, and its ids have none.
    const where = which.includes('.') ? parseFunction(which) : parseIds(which)
    refuseNumberBehindBar(subject)
    if (slash < 0) {
      const meant = accepted(`pci:${subject}`, `pci:${formatFunction(where)}/bar0`)
      throw malformed(`pci:${subject}`, 'a PCI place', didYouMean('it names no BAR', meant))
    }
    const part = subject.slice(slash + 1)
    if (part === 'config') return { scheme: 'pci', ...where, space: 'config', offset }
    return { scheme: 'pci', ...where, ...parseBar(part), offset }
  },
  format: (place) => {
    if (isInConfig(place)) return withOffset(`${formatFunction(place)}/config`, place.offset)
    const suffix = place.writeCombining ? '_wc' : ''
    return withOffset(`${formatFunction(place)}/bar${place.bar}${suffix}`, place.offset)
  },
  guess: (text) => {
    // As sysfs names the file of a BAR.
    const [, where, bar, rest] =
      /^\/sys\/bus\/pci\/devices\/([^/]+)\/resource([0-5](?:_wc)?)(?![0-9_])(.*)$/.exec(text) ?? []
    if (where !== undefined) return `pci:${where}/bar${bar}${rest}`
    const [, config] = /^\/sys\/bus\/pci\/devices\/([^/]+\/config(?![\w.]).*)$/.exec(text) ?? []
    if (config !== undefined) return `pci:${config}`
    return /^[0-9a-f]{4}:[0-9a-f]{4}(?:#[0-9]+)?(?:\/bar|\/config|$)/i.test(text) ||
      /^(?:[0-9a-f]{4,8}:)?[0-9a-f]{1,2}:[0-9a-f]{1,2}\.[0-7](?:\/|$)/i.test(text)
      ? `pci:${text}${text.includes('/') ? '' : '/bar0'}`
      : undefined
  },
}

/** `#1` counts functions, and follows their ids. */
function refuseNumberBehindBar(subject: string): void {
  const [, ids = '', bar = '', number = ''] = /^([^/#]*)\/(.*)(#[0-9]+)$/.exec(subject) ?? []
  if (number === '') return
  const meant = accepted(`pci:${subject}`, `pci:${ids}${number}/${bar}`)
  const why = meant === undefined ? `unexpected ${quote(number)}` : `${number} follows the ids`
  throw malformed(`pci:${subject}`, 'a PCI place', didYouMean(why, meant))
}

type Where = Omit<PciPlace, 'scheme' | 'bar' | 'writeCombining' | 'offset'>
type Ids = Pick<PciIdPlace, 'vendorId' | 'deviceId' | 'index'>

function formatFunction(where: Where | Ids): string {
  if (!('vendorId' in where)) return pciAddress(where)
  const { vendorId, deviceId, index } = where
  const ids = [vendorId, deviceId].map((id) => id.toString(16).padStart(4, '0')).join(':')
  return index === undefined ? ids : `${ids}#${index}`
}

const orIds = ', or VENDOR:DEVICE as lspci -n prints it, such as 8086:100e'

/** More functions than a machine has: 8 bits of bus, 5 of device and 3 of function, in one domain. */
const mostOfOneKind = 0xffff

function parseIds(text: string): Ids {
  const parts = /^(?:0x)?([0-9a-f]{1,4}):(?:0x)?([0-9a-f]{1,4})(?:#([0-9]+))?$/i.exec(text)
  // 00:04 is an address that lacks its function.
  if (parts === null || !/[0-9a-f]{3}|0x/i.test(text)) throw notFunction(text, orIds)
  const [, vendor = '', device = '', number] = parts
  const index = number === undefined ? undefined : Number(number)
  if (index !== undefined && index > mostOfOneKind) throw tooMany(text, index)
  const ids = {
    vendorId: Number.parseInt(vendor, 16),
    deviceId: Number.parseInt(device, 16),
    index,
  }
  const written = formatFunction(ids)
  if (written === text.toLowerCase()) return ids
  const meant = accepted(text, written)
  const why = meant ? hint(meant) : 'expected VENDOR:DEVICE'
  throw malformed(text, 'the ids of a PCI function', why)
}

/** The function's name as the kernel writes it, also in sysfs: `0000:00:04.0`. */
export function pciAddress(
  place: Pick<PciPlace, 'domain' | 'bus' | 'device' | 'function'>,
): string {
  const hex = (value: number, digits: number) => value.toString(16).padStart(digits, '0')
  return `${hex(place.domain, 4)}:${hex(place.bus, 2)}:${hex(place.device, 2)}.${place.function}`
}

/** The same from `[DOMAIN:]BUS:DEVICE.FUNCTION`. Throws a RequestError. */
export function parsePciAddress(text: string): string {
  checkKind('address', text, 'string')
  return pciAddress(parseFunction(text))
}

function tooMany(text: string, index: number): Error {
  return refusal('ERANGE', `#${index} of a PCI function: the largest is #${mostOfOneKind}`, text)
}

function notFunction(text: string, or = ''): Error {
  const expected = `[DOMAIN:]BUS:DEVICE.FUNCTION in hexadecimal, such as 0000:00:04.0${or}`
  const isDevice = /^(?:[0-9a-f]{1,8}:)?[0-9a-f]{1,2}:[0-9a-f]{1,2}$/i.test(text)
  const meant = isDevice ? accepted(text, `${text}.0`) : undefined
  const why = meant ? didYouMean('its function is missing', meant) : `expected ${expected}`
  return malformed(text, 'the address of a PCI function', why)
}

function parseFunction(text: string): Where {
  const parts = /^(?:([0-9a-f]{1,8}):)?([0-9a-f]{1,2}):([0-9a-f]{1,2})\.([0-9a-f])$/i.exec(text)
  if (parts === null) throw notFunction(text)
  const [domain = 0, bus = 0, device = 0, number = 0] = parts
    .slice(1)
    .map((digits) => Number.parseInt(digits ?? '0', 16))
  if (device > 0x1f) throw outside('PCI device', device, 0x1f, text)
  if (number > 7) throw outside('PCI function', number, 7, text)
  return { domain, bus, device, function: number }
}

function parseBar(text: string): Pick<PciPlace, 'bar' | 'writeCombining'> {
  const parts = /^bar([0-9]+)(_wc)?/.exec(text)
  if (parts === null) {
    const meant = /^(?:bar|resource|region)?[ _]?([0-5])(_wc)?$/i.exec(text)
    const isConfig = /^(?:conf|cfg|config|config[ _]?space|configuration)$/i.test(text)
    const other = isConfig ? 'config' : undefined
    const bar = meant === null ? other : `bar${meant[1]}${meant[2] ?? ''}`
    const expected = 'expected bar0 to bar5, bar0_wc to bar5_wc, or config'
    throw malformed(text, 'a BAR', didYouMean(expected, accepted(text, bar)))
  }
  const rest = text.slice(parts[0].length)
  if (rest !== '')
    throw malformed(text, 'a BAR', `unexpected ${quote(rest)} after ${clip(parts[0])}`)
  const bar = Number(parts[1])
  if (bar > 5) throw outside('BAR', bar, 5, text)
  if (`${bar}` !== parts[1]) {
    const meant = accepted(text, `bar${bar}${parts[2] ?? ''}`)
    throw malformed(text, 'a BAR', meant ? hint(meant) : 'its number has a leading zero')
  }
  return { bar, writeCombining: parts[2] !== undefined }
}

function outside(what: string, value: number, largest: number, input: string): Error {
  const show = (number: number) => (largest > 9 ? formatHex(number) : `${number}`)
  const most = `the largest is ${show(largest)}`
  return refusal('ERANGE', `${what} ${show(value)} does not exist: ${most}`, input)
}
