import { didYouMean, hint } from '../../text/hint.ts'
import { malformed, quote, refusal } from '../../text/refuse.ts'
import { accepted } from '../../text/suggest.ts'
import { type Scheme, withOffset } from '../scheme.ts'

/** A place in a map of a user-space I/O device: `uio:uio0/map0+0x10`, `uio:edu/regs+0x10`. */
export interface UioPlace {
  scheme: 'uio'
  /** The N of `uioN`, or the device's name (which cannot hold a `/` or look like `uioN` or `N`). */
  device: number | string
  /** The N of `mapN`, or the map's name (which cannot look like `mapN` or `N`, or end in `..`). */
  map: number | string
  offset: number
}

export const uio: Scheme<UioPlace> = {
  name: 'uio',
  example: 'uio:uio0/map0+0x10',
  freeText: 'name',
  suffixesFrom: (body) => (body.includes('/') ? body.indexOf('/') + 1 : body.length),
  parse: (subject, offset) => {
    const whole = `uio:${subject}`
    const slash = subject.indexOf('/')
    const device = slash < 0 ? subject : subject.slice(0, slash)
    const map = slash < 0 ? '' : subject.slice(slash + 1)
    if (device === '') throw malformed(whole, 'a UIO place', `expected ${expected}`)
    if (map === '') {
      const named = /^[\w-]+$/.test(device) ? `uio:${device}/map0` : undefined
      const meant = accepted(whole, named)
      const why = 'it names no map'
      const told = meant ? didYouMean(why, meant) : `${why}, expected ${expected}`
      throw malformed(whole, 'a UIO place', told)
    }
    for (const name of [device, map]) refuseControl(name)
    if (/^[0-9]+$/.test(map)) {
      const meant = accepted(whole, `uio:${device}/map${Number(map)}`)
      throw malformed(whole, 'a UIO place', meant ? hint(meant) : 'a map is map0, or has a name')
    }
    return {
      scheme: 'uio',
      device: numbered(device, /^(?:uio)?([0-9]+)$/),
      map: numbered(map, /^map([0-9]+)$/),
      offset,
    }
  },
  format: (place) => {
    const device = typeof place.device === 'number' ? `uio${place.device}` : place.device
    const map = typeof place.map === 'number' ? `map${place.map}` : place.map
    return withOffset(`${device}/${map}`, place.offset)
  },
  guess: (text) => {
    // Its first map; an offset is one in it.
    const node = /^\/dev\/(uio[0-9]+)$/.exec(text.replace(/\+[0-9]\w*$/, ''))?.[1]
    if (node !== undefined) return text.replace(`/dev/${node}`, () => `uio:${node}/map0`)
    return /^uio[0-9]+\/./.test(text) ? `uio:${text}` : undefined
  },
}

const expected = 'DEVICE/MAP, such as uio:uio0/map0 or uio:edu/regs'
const largestNumber = 0xfffff // include/linux/kdev_t.h: MINORBITS is 20

function numbered(text: string, pattern: RegExp): number | string {
  const digits = pattern.exec(text)?.[1]
  if (digits === undefined) return text
  const number = Number(digits)
  if (number > largestNumber) {
    throw refusal(
      'ERANGE',
      `${quote(text)} does not exist: the largest number is ${largestNumber}`,
      text,
    )
  }
  if (`${number}` !== digits) {
    const meant = accepted(text, text.slice(0, text.length - digits.length) + number)
    const why = meant ? hint(meant) : 'its number has a leading zero'
    throw malformed(text, 'a UIO device or map', why)
  }
  return number
}

function refuseControl(name: string): void {
  for (const character of name) {
    if (character < ' ') throw malformed(name, 'a UIO name', 'it holds a control character')
  }
}
