import { PhysmemError, RequestError } from '../base/errors.ts'
import { retell } from '../base/retell.ts'
import type { Width } from '../base/width.ts'
import type { Files } from '../linux/files.ts'
import { isMapped, nameOfMemory } from '../machine/local/resolve/mapped.ts'
import { placeAt, showPlace } from '../place/at.ts'
import { formatRange } from '../place/index.ts'
import type { Place } from '../place/schemes/index.ts'
import { counted } from '../text/count.ts'
import type { Blanks } from './blanks.ts'
import { chunksOf, prepareBlocks, runBlock } from './block.ts'
import { withProgress, withWritten } from './failure.ts'
import { isSamePath } from './files.ts'
import type { Locator } from './locator.ts'
import { accessOf, locateStretch, type Stretch } from './resolve.ts'

/** The second place, by the name that the first has for the file when it is the same file. */
export function sameFileAs(first: Place, second: Place): Place {
  if (first.scheme !== 'file' || second.scheme !== 'file') return second
  return isSamePath(first.path, second.path) ? { ...second, path: first.path } : second
}

/** Whether both are in one memory, so that they may overlap. */
export function areInOneMemory(one: Place, other: Place, files: Files): boolean {
  return memoryOf(one, files) === memoryOf(other, files)
}

/** What the memory of a place is called: two places with the same name may overlap. */
function memoryOf(place: Place, files: Files): string {
  switch (place.scheme) {
    case 'address':
    case 'iomem':
    case 'dt':
    case 'dtb':
      return 'physical'
    case 'pid':
      return `pid:${place.pid}`
    default:
      return isMapped(place) ? nameOfMemory(place, files) : place.scheme
  }
}

/** Where the copy goes. Rejects for a file that is not there with what makes one. */
export async function locateDestination(
  machine: Locator,
  place: Place,
  length: number,
): Promise<Stretch> {
  return await locateStretch(machine, place, length).catch((error: unknown) => {
    throw adviseNewFile(error, place)
  })
}

function adviseNewFile(error: unknown, { scheme }: Place): unknown {
  if (scheme !== 'file' || !(error instanceof PhysmemError) || error.code !== 'ENOPLACE')
    return error
  return retell(error, { message: `${error.message}; dump -o makes one` })
}

/** The error of a copy that would change nothing. */
export function ontoItself(place: Place): RequestError {
  return new RequestError('EUSAGE', `${showPlace(place)} would be copied onto itself`)
}

/**
 * How far the second is after the first, which are in one memory, or in pieces of one. Throws
 * EUSAGE where they are the same.
 */
export function distance(first: Stretch, second: Stretch): bigint {
  const at = ({ memory, address }: Stretch) => memory.origin + BigInt(address)
  const ahead = at(second) - at(first)
  if (ahead === 0n) throw ontoItself(first.place)
  return ahead
}

export interface CopyOptions {
  width: Width
  /** How far the destination is after the source, where they are in one memory. */
  ahead: bigint | undefined
  signal: AbortSignal
  /** Told of what was read. */
  blanks: Blanks
  onProgress: (bytes: number) => void
}

/** How far a copy came, and why it ended before all was copied. */
export interface CopyOutcome {
  bytes: number
  error?: unknown
}

/** Loads each element once and stores it once; from the end where the stretches overlap so. */
export async function copyStretch(
  source: Stretch,
  destination: Stretch,
  { width, ahead, signal, blanks, onProgress }: CopyOptions,
): Promise<CopyOutcome> {
  const { length } = source
  const backwards = ahead !== undefined && ahead > 0n && ahead < BigInt(length)
  const seen = blanks.follow(accessOf(source))
  let copied = 0
  try {
    await prepareBlocks(source, width, 'read')
    await prepareBlocks(destination, width, 'write')
  } catch (error) {
    return { bytes: 0, error: withProgress(error, `wrote 0 of ${counted(length, 'byte')}`) }
  }
  for (const { offset, length: bytes } of chunksOf(length, { backwards })) {
    const count = (bytes * 8) / width
    const read = { op: 'readBlock', address: offset, width, count } as const
    const loaded = await runBlock(source, read, signal)
    const data = loaded.error === undefined ? loaded.results?.bytes(0) : undefined
    if (data) seen(data)
    const write = data && ({ op: 'writeBlock', address: offset, width, data } as const)
    const stored = write && (await runBlock(destination, write, signal))
    const error = loaded.error ?? stored?.error
    if (error !== undefined) {
      const partly = { copied, backwards, offset, partial: stored?.bytesDone ?? 0 }
      const told = withWritten(error, describeCopied(destination, partly))
      return { bytes: copied + partly.partial, error: told }
    }
    copied += bytes
    onProgress(copied)
  }
  return { bytes: length }
}

/** What of the destination holds the copy: its end when it runs backwards, and a part of a chunk. */
function describeCopied(
  { place, length }: Stretch,
  {
    copied,
    backwards,
    offset,
    partial,
  }: Record<'copied' | 'offset' | 'partial', number> & {
    backwards: boolean
  },
): string {
  const range = (start: number, bytes: number) =>
    formatRange({ place: placeAt(place, start), length: bytes })
  const parts = backwards
    ? [
        ...(partial ? [range(offset, partial)] : []),
        ...(copied ? [range(length - copied, copied)] : []),
      ]
    : copied + partial > 0
      ? [range(0, copied + partial)]
      : []
  const where = parts.length === 0 ? '' : ` (${parts.join(' and ')})`
  return `wrote ${copied + partial} of ${counted(length, 'byte')}${where}`
}
