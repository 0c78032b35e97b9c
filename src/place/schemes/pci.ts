import { formatHex } from '../../text/number.ts'
import { clip, malformed, quote, refusal } from '../../text/refuse.ts'
import { accepted, didYouMean } from '../../text/suggest.ts'
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

const example = 'pci:0000:00:04.0/bar0+0x4'

export const pci: Scheme<PciPlace> = {
  name: 'pci',
  example,
  suffixesFrom: (body) => (body.includes('/') ? body.indexOf('/') : body.length),
  parse: (subject, offset) => {
    const slash = subject.indexOf('/')
    const where = parseFunction(slash < 0 ? subject : subject.slice(0, slash))
    if (slash < 0) {
      const meant = didYouMean(accepted(`pci:${subject}`, `pci:${pciAddress(where)}/bar0`))
      throw malformed(`pci:${subject}`, 'a PCI place', `it names no BAR${meant}`)
    }
    return { scheme: 'pci', ...where, ...parseBar(subject.slice(slash + 1)), offset }
  },
  format: (place) => {
    const suffix = place.writeCombining ? '_wc' : ''
    return withOffset(`${pciAddress(place)}/bar${place.bar}${suffix}`, place.offset)
  },
  guess: (text) =>
    /^(?:[0-9a-f]{4,8}:)?[0-9a-f]{1,2}:[0-9a-f]{1,2}\.[0-7](?:\/|$)/i.test(text)
      ? `pci:${text}${text.includes('/') ? '' : '/bar0'}`
      : undefined,
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
  return pciAddress(parseFunction(text))
}

function parseFunction(
  text: string,
): Omit<PciPlace, 'scheme' | 'bar' | 'writeCombining' | 'offset'> {
  const parts = /^(?:([0-9a-f]{1,8}):)?([0-9a-f]{1,2}):([0-9a-f]{1,2})\.([0-9a-f])$/i.exec(text)
  if (parts === null) {
    throw malformed(
      text,
      'the address of a PCI function',
      'expected [DOMAIN:]BUS:DEVICE.FUNCTION in hexadecimal, such as 0000:00:04.0',
    )
  }
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
    const bar = meant === null ? undefined : `bar${meant[1]}${meant[2] ?? ''}`
    const hint = didYouMean(accepted(text, bar))
    throw malformed(text, 'a BAR', `expected bar0 to bar5, or bar0_wc to bar5_wc${hint}`)
  }
  const rest = text.slice(parts[0].length)
  if (rest !== '')
    throw malformed(text, 'a BAR', `unexpected ${quote(rest)} after ${clip(parts[0])}`)
  const bar = Number(parts[1])
  if (bar > 5) throw outside('BAR', bar, 5, text)
  if (`${bar}` !== parts[1]) {
    const meant = didYouMean(accepted(text, `bar${bar}${parts[2] ?? ''}`), '')
    throw malformed(text, 'a BAR', meant || 'its number has a leading zero')
  }
  return { bar, writeCombining: parts[2] !== undefined }
}

function outside(what: string, value: number, largest: number, input: string): Error {
  const show = (number: number) => (largest > 9 ? formatHex(number) : `${number}`)
  const most = `the largest is ${show(largest)}`
  return refusal('ERANGE', `${what} ${show(value)} does not exist: ${most}`, input)
}
