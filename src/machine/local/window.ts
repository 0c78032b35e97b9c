import { RequestError } from '../../base/errors.ts'
import type { Mode } from '../../engine/source.ts'
import type { WindowStretch } from '../../engine/windows/map-window.ts'
import type { Window } from '../../engine/windows/window.ts'
import type { LocalSystem } from '../../linux/system.ts'
import { formatPlace } from '../../place/place.ts'
import { isPhysical, type Place } from '../../place/schemes/index.ts'
import { isMapped, openMappedSource } from './resolve/mapped.ts'
import { physicalStretch } from './resolve/stretch.ts'

/** A stretch after a place; without a length it is all that the place has from there. */
export type PlaceStretch = Omit<WindowStretch, 'length'> & { length?: number | undefined }

/**
 * Maps a stretch of this machine's memory, `address` bytes after a place, as a window. Rejects with
 * ERANGE when not all of it is in what the place names; with EUSAGE for a place whose bytes are not in
 * one piece: those of a process, of the kernel, and I/O ports.
 */
export async function mapPlace(
  place: Place,
  { address: offset, length, access = 'auto' }: PlaceStretch,
  mode: Mode,
  system: LocalSystem,
): Promise<Window> {
  if (isMapped(place)) {
    const { mapSource } = await import('../../engine/windows/map-window.ts')
    const source = await openMappedSource(place, mode, system)
    const address = place.offset + offset
    const bytes = length ?? rest(source.length, address)
    if (bytes !== undefined) return mapSource(source, { address, length: bytes, access })
    source.close()
    throw endless(place, offset)
  }
  if (!isPhysical(place)) {
    throw new RequestError(
      'EUSAGE',
      `${formatPlace(place)} cannot be mapped as a window: use open() to read and write it`,
      { input: formatPlace(place) },
    )
  }
  const from = { ...place, offset: place.offset + offset }
  const stretch = await physicalStretch(from, length ?? 1, system.now())
  const bytes = length ?? stretch.length
  if (bytes === undefined) throw endless(place, offset)
  const { mapPhysical } = await import('../../ways/route/physical-window.ts')
  return await mapPhysical({ address: stretch.address, length: bytes, access }, mode, system)
}

/** Bytes from an offset to the end; `undefined` where there is none. */
function rest(length: number | undefined, offset: number): number | undefined {
  return length === undefined ? undefined : length - offset
}

function endless(place: Place, offset: number): RequestError {
  const from = formatPlace({ ...place, offset: place.offset + offset })
  const message = `the length of a window of ${from} is missing: it has no end`
  return new RequestError('EUSAGE', message, { input: from })
}
