import { didYouMean, hint } from '../../text/hint.ts'
import { formatHex, parseNumber } from '../../text/number.ts'
import { clip, malformed, refusal } from '../../text/refuse.ts'
import { accepted } from '../../text/suggest.ts'
import type { Scheme } from '../scheme.ts'

/** A register of an I2C device: `i2c:1:0x48+0x2`; `i2c:1:0x50/reg16+0x100` by 16 bits. */
export interface I2cPlace {
  scheme: 'i2c'
  /** The N of /dev/i2c-N. */
  bus: number
  /** Of the device on the bus: 7 bits without the bit for reading or writing, 0x08 to 0x77. */
  device: number
  /** Bits of the addresses of its registers, which are written before a register is accessed. */
  registerBits: 8 | 16
  /** The address of the register, as far as these reach. */
  offset: number
}

const expected = 'expected i2c:BUS:ADDRESS, such as i2c:1:0x48'
const busNumber = 'the number of an I2C bus'
const largestBus = 0xfffff // include/linux/kdev_t.h: MINORBITS is 20

export const i2c: Scheme<I2cPlace> = {
  name: 'i2c',
  example: 'i2c:1:0x48+0x2',
  otherExample: 'i2c:1:0x50/reg16+0x100',
  widths: [8, 16, 32],
  checkReach: (place, count) => {
    const [end, last] = [place.offset + count - 1, lastRegister(place)]
    if (end <= last) return
    const device = formatDevice(place)
    const message = `i2c:${device} has no register ${formatHex(end)}: the last is ${formatHex(last)}`
    throw refusal('ERANGE', message, `i2c:${device}`)
  },
  suffixesFrom: (body) => (body.includes(':') ? body.indexOf(':') + 1 : body.length),
  parse: (subject, offset) => {
    const whole = `i2c:${subject}`
    const [, bus = '', address = '', space] = /^([^:]*):([^/]*)(\/.*)?$/s.exec(subject) ?? []
    if (bus === '' || address === '') {
      const parted = subject.replace(/^(\d+)[-/.](?:0x)?0*(?=.)/, '$1:0x')
      const meant = accepted(whole, `i2c:${parted}`)
      throw malformed(whole, 'an I2C place', meant === undefined ? expected : hint(meant))
    }
    const registerBits = parseSpace(space, whole)
    const place = { bus: parseBus(bus), device: parseDevice(address), registerBits, offset }
    if (offset > lastRegister(place)) throw noRegister(place, whole)
    return { scheme: 'i2c', ...place }
  },
  format: (place) => {
    const { offset } = place
    return offset === 0 ? formatDevice(place) : `${formatDevice(place)}+${formatHex(offset)}`
  },
  guess: (text) => {
    // As sysfs names the devices that the kernel knows: the bus, and 4 digits of the address.
    const [, bus, device, rest] =
      /^\/sys\/bus\/i2c\/devices\/([0-9]+)-00([0-9a-f]{2})(?![\w/])(.*)$/s.exec(text) ?? []
    return bus === undefined ? undefined : `i2c:${bus}:0x${device}${rest}`
  },
}

/** The last register that addresses of so many bits reach. */
function lastRegister({ registerBits }: Pick<I2cPlace, 'registerBits'>): number {
  return 2 ** registerBits - 1
}

/** The device without a register, behind `i2c:`. */
function formatDevice({ bus, device, registerBits }: Omit<I2cPlace, 'scheme' | 'offset'>): string {
  return `${bus}:${formatHex(device, 8)}${registerBits === 16 ? '/reg16' : ''}`
}

function parseBus(text: string): number {
  const digits = /^(?:i2c-)?([0-9]+)$/.exec(text)?.[1]
  if (digits === undefined) throw malformed(text, busNumber, expected)
  const bus = Number(digits)
  if (bus > largestBus) {
    const message = `I2C bus ${clip(text)} does not exist: the largest is ${largestBus}`
    throw refusal('ERANGE', message, text)
  }
  if (`${bus}` === text) return bus
  const meant = accepted(text, `${bus}`)
  throw malformed(text, busNumber, meant === undefined ? expected : hint(meant))
}

/**
 * 7 bits. i2cdetect and sysfs show them in hexadecimal without 0x: 48 would be taken for another one.
 * UM10204, 3.1.12: which are no device's.
 */
function parseDevice(text: string): number {
  const what = 'the address of an I2C device'
  if (!/^0x/i.test(text)) {
    const meant = accepted(
      text,
      /^[0-9a-f]{1,2}h?$/i.test(text) ? `0x${parseInt(text, 16).toString(16)}` : undefined,
    )
    throw malformed(text, what, didYouMean('it is written in hexadecimal, with 0x', meant))
  }
  const address = Number(parseNumber(text, { what }))
  if (address > 0x7f) throw tooLarge(address, text)
  const purpose = reservedFor(address)
  if (purpose === undefined) return address
  const message = `the I2C address ${formatHex(address, 8)} is reserved for ${purpose}: devices have 0x08 to 0x77`
  throw refusal('ERANGE', message, text)
}

/** Data sheets like to give it with the bit for reading or writing behind it: 8 bits. */
function tooLarge(address: number, text: string): Error {
  const wrong = `${formatHex(address)} is not a 7-bit I2C address`
  const meant = accepted(text, address > 0xff ? undefined : formatHex(address >> 1, 8))
  const why = meant
    ? `${wrong}: it may include the read/write bit`
    : `${wrong}: devices have 0x08 to 0x77`
  return refusal('ERANGE', didYouMean(why, meant), text)
}

function reservedFor(address: number): string | undefined {
  if (address === 0) return 'calls to all devices'
  if (address >= 0x78 && address < 0x7c) return 'addresses of 10 bits'
  return address < 0x08 || address >= 0x7c ? 'other uses of the bus' : undefined
}

function parseSpace(text: string | undefined, whole: string): 8 | 16 {
  if (text === undefined) return 8
  if (text === '/reg16') return 16
  const bits = /^\/(?:reg|addr)?(8|16)$/i.exec(text)?.[1]
  const device = whole.slice(0, -text.length)
  const meant = accepted(whole, bits === '16' ? `${device}/reg16` : bits && device)
  const why = 'expected /reg16 for register addresses of 16 bits, or nothing for those of 8'
  throw malformed(whole, 'an I2C place', didYouMean(why, meant))
}

function noRegister(place: Pick<I2cPlace, 'registerBits' | 'offset'>, whole: string): Error {
  const { registerBits, offset } = place
  const wrong = `${formatHex(offset)} does not fit the ${registerBits}-bit register addresses of ${clip(whole)}`
  const meant = registerBits === 8 ? accepted(whole, `${whole}/reg16`) : undefined
  return refusal('ERANGE', didYouMean(wrong, meant), whole)
}
