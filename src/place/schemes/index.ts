/** The table of schemes. Adding one means one file in this folder and one row here. */
import type { System } from '../../linux/system.ts'
import type { InMemory, PhysicalStretch } from '../located.ts'
import type { AnyPlace, Scheme } from '../scheme.ts'
import { address } from './address.ts'
import { dt, dtb } from './device-tree.ts'
import { file } from './file.ts'
import { i2c } from './i2c.ts'
import { iomem } from './iomem.ts'
import { kernel } from './kernel.ts'
import { msr } from './msr.ts'
import { pci } from './pci.ts'
import { pid } from './pid.ts'
import { port } from './port.ts'
import { regmap } from './regmap.ts'
import { uio } from './uio.ts'

const table = [
  address,
  pci,
  uio,
  iomem,
  dt,
  dtb,
  pid,
  kernel,
  port,
  msr,
  regmap,
  i2c,
  file,
] as const

type Row = (typeof table)[number]
type PlaceOf<S> = S extends Scheme<infer P> ? P : never

/** A location as a person names it, resolved to nothing yet. Tell the kinds apart by `scheme`. */
export type Place = PlaceOf<Row>

/** Places that name physical addresses. */
export type PhysicalPlace = PlaceOf<Extract<Row, { stretch: unknown }>>

/** Places in a memory of their kind. */
export type MemoryPlace = PlaceOf<Extract<Row, { memory: unknown }>>

/** A row whose `format` takes only places of its own: `schemeOf` finds the right one. */
export type AnyScheme = Omit<Scheme<AnyPlace>, 'parse' | 'format'> & {
  parse(subject: string, offset: number): Place
  format(place: never): string
  stretch?(place: never, system: System): PhysicalStretch | Promise<PhysicalStretch>
  memory?(place: never): InMemory
}

export const schemes: readonly AnyScheme[] = table

const named: ReadonlyMap<string, AnyScheme> = new Map(schemes.map((one) => [one.name, one]))

/** The row that a place belongs to. */
export function rowOf({ scheme }: Pick<Place, 'scheme'>): AnyScheme | undefined {
  return named.get(scheme)
}

export function isPhysical(place: Place): place is PhysicalPlace {
  return rowOf(place)?.stretch !== undefined
}

export function isInMemory(place: Place): place is MemoryPlace {
  return rowOf(place)?.memory !== undefined
}

/** Where all of that is in which a place has its offset, as its scheme says it. */
export async function wholeStretch(place: PhysicalPlace, system: System): Promise<PhysicalStretch> {
  const stretch = await rowOf(place)?.stretch?.(place as never, system)
  if (stretch === undefined) throw new TypeError(`no scheme ${place.scheme}`)
  return stretch
}

/** Which memory a place is in, as its scheme says it. */
export function memoryOf(place: MemoryPlace): InMemory {
  const found = rowOf(place)?.memory?.(place as never)
  if (found === undefined) throw new TypeError(`no scheme ${place.scheme}`)
  return found
}

/** The schemes that are written `NAME:`, in the order of the table. */
export const prefixed = schemes.filter((scheme) => scheme.claims === undefined)

/** The scheme whose `NAME:` a text begins with. */
export function schemeOf(text: string): AnyScheme | undefined {
  const scheme = named.get(text.slice(0, Math.max(0, text.indexOf(':'))))
  return scheme?.claims === undefined ? scheme : undefined
}

/** `pci:, uio:, …, file:`, for messages. */
export const prefixes = prefixed.map((scheme) => `${scheme.name}:`).join(', ')

/** One example of every kind of place, for help texts. */
export const placeExamples: readonly { scheme: Place['scheme']; example: string }[] = table.map(
  ({ name, example }) => ({ scheme: name, example }),
)
