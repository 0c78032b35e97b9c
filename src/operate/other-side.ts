import { existsSync } from 'node:fs'
import { RequestError } from '../base/errors.ts'
import { showPlace } from '../place/at.ts'
import { formatPlace, formatRange } from '../place/index.ts'
import { hasEnd, parseStart } from '../place/range.ts'
import { type Place, schemeOf } from '../place/schemes/index.ts'
import { kernelPointer } from '../place/schemes/pointer.ts'
import { counted } from '../text/count.ts'
import { fileStream } from './compare.ts'
import { restOf } from './extent.ts'
import { openInput } from './files.ts'
import type { Locator } from './locator.ts'
import { locateStretch } from './resolve.ts'
import { type ShownAddress, shownAddress } from './shown-address.ts'
import { readStream, type StreamOptions } from './stream.ts'

/** What a range is compared with: another place, or a file. */
export interface Other {
  name: string
  /** What it is, for documents. */
  json: { place: string; address: ShownAddress } | { file: string }
  /** Bytes that are to be compared: those of the range, or where that is a whole one all there are. */
  length: number
  stream(length: number, options: StreamOptions): ReturnType<typeof readStream>
  close(): Promise<void>
}

/** What it is compared with, as the command line names it: a place, or by its text a file. */
interface Named {
  text: string
  place: Place | undefined
}

/**
 * How long an address is taken to be where it alone is compared: as the other side; `undefined` where
 * nobody knows that either. Throws ERANGE where the other side is empty.
 */
export async function lengthFor(
  { kind, place: first }: { kind: string; place: Place },
  machine: Locator,
  { text, place }: Named,
): Promise<number | undefined> {
  if (kind !== 'place' || hasEnd(first)) return undefined
  const length = place === undefined ? await lengthOfFile(text) : await restOf(place, machine)
  if (length === 0) throw new RequestError('ERANGE', `${text} is empty`, { input: text })
  return length
}

async function lengthOfFile(path: string): Promise<number> {
  const input = await openInput(path)
  await input.close()
  return input.length
}

/** Opens it: all of it where the range is a `whole` one, otherwise `length` bytes. */
export async function openOther(
  machine: Locator,
  { text, place }: Named,
  { length, whole }: { length: number; whole: boolean },
): Promise<Other> {
  if (place !== undefined) {
    const all = (whole ? await restOf(place, machine) : undefined) ?? length
    const compared = Math.min(all, length)
    const stretch = await locateStretch(machine, place, compared)
    const address = shownAddress(stretch.memory, stretch.address)
    return {
      name: showPlace(place),
      json: { place: comparedPart(place, compared), address },
      length: all,
      stream: (_, options) => readStream(stretch, options),
      close: async () => {},
    }
  }
  const input = await openInput(text)
  if (input.length >= length || whole) {
    return {
      name: text,
      json: { file: text },
      length: whole ? input.length : length,
      stream: (bytes) => fileStream(input, bytes),
      close: () => input.close(),
    }
  }
  await input.close()
  const sizes = `${text} has ${counted(input.length, 'byte')}, but the range has ${length}`
  throw new RequestError('ERANGE', sizes, { file: text })
}

/** What of a place is compared, for documents: it alone where that is nothing. */
export function comparedPart(place: Place, length: number): string {
  return length === 0 ? formatPlace(place) : formatRange({ place, length })
}

/** A place, or `undefined` for the name of a file. */
export function asPlace(text: string): Place | undefined {
  const looksLikePlace =
    /^[0-9]/.test(text) ||
    schemeOf(text) !== undefined ||
    (kernelPointer(text) !== undefined && !existsSync(text))
  return looksLikePlace ? parseStart(text) : undefined
}
