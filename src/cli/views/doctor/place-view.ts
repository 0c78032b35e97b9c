import type { Width } from '../../../base/width.ts'
import type { Access, PlaceDiagnosis } from '../../../doctor/place.ts'
import { driverOf } from '../../../inventory/region.ts'
import { isRegularFile } from '../../../operate/files.ts'
import { parsePlace } from '../../../place/place.ts'
import { registersOf } from '../../../place/registers.ts'
import type { Place } from '../../../place/schemes/index.ts'
import { formatHex } from '../../../text/number.ts'
import { printable } from '../../../text/refuse.ts'
import type { Output } from '../../frame/io.ts'
import { shownPlace } from '../format/address.ts'
import { type Mark, marksFor } from './marks.ts'
import { shown } from './view.ts'

/** One place: what is there, and whether and how it is reached. */
export function placeLines(diagnosis: PlaceDiagnosis, asked: Width, output: Output): string[] {
  const { place, address, here, read, write, remarks } = diagnosis
  const mark = marksFor(output)
  const physical = address === undefined ? '' : formatHex(address, 32)
  const known = physical !== '' && !/^(0x|port:)/.test(place)
  return [
    `${printable(shownPlace(place))}${known ? ` (${physical})` : ''}`,
    ...(here.length === 0 && address === undefined
      ? [`     here     ${withoutAddress(parsePlace(place))}`]
      : hereLines(here, place.startsWith('port:') ? 16 : 32)),
    ...accessLines('read', read, asked, mark),
    ...(sameRefusal(read, write)
      ? [`${mark('refused')}  write    refused, as reading is`]
      : accessLines('write', write, asked, mark)),
    ...remarks.flatMap(({ text, cure, evidence }) => [
      `${mark('unknown')}  note     ${printable(text)}`,
      ...shown([evidence]),
      `     cure     ${printable(cure)}`,
    ]),
  ]
}

/** What a place is of which no physical address is known. */
function withoutAddress(place: Place): string {
  const registers = registersOf(place)
  if (registers !== undefined)
    return `one of the ${registers.plural}, which have no physical address`
  if (place.scheme === 'i2c') return 'a register of an I2C device, which has no physical address'
  // What is after the bytes of a regular file is not memory of a device.
  return place.scheme === 'file' && isRegularFile(place.path)
    ? 'a file, which has no physical address'
    : NOTHING_KNOWN
}

const NOTHING_KNOWN = 'nothing is known to be there'

function hereLines(here: PlaceDiagnosis['here'], bits: number): string[] {
  if (here.length === 0) return [`     here     ${NOTHING_KNOWN}`]
  return here.map(({ region, offset }) => {
    const driver = driverOf(region)
    const by = driver === undefined ? '' : `, driver ${printable(driver)}`
    const range = `${formatHex(region.start, bits)} to ${formatHex(region.last, bits)}`
    return `     here     ${printable(region.name)} + ${formatHex(offset)} (${range}${by})`
  })
}

/** Of two refusals with one cause; what is refused differs, for one is not opened as the other. */
function sameRefusal({ error: one }: Access, { error: other }: Access): boolean {
  if (one === undefined || other === undefined || one.code !== other.code) return false
  const { why = one.message } = one.data
  return why === (other.data.why ?? other.message)
}

function accessLines(what: string, access: Access, asked: Width, mark: Mark): string[] {
  const { verdict, way, width, error, cures, evidence } = access
  const head = `${mark(verdict)}  ${what.padEnd(8)} ${verdict}`
  if (error === undefined) {
    const narrow = width === undefined || width === asked ? '' : `, with --width ${width}`
    return [`${head}${way === undefined ? '' : `, by ${printable(way)}${narrow}`}`]
  }
  return [
    head,
    `     why      ${printable(error.message)}`,
    ...shown(evidence),
    ...cures.map((cure) => `     cure     ${printable(cure)}`),
  ]
}
