import { RequestError } from '../base/errors.ts'
import { isMapped } from '../machine/local/resolve/mapped.ts'
import type { Machine } from '../machine/machine.ts'
import type { Memory } from '../memory/memory.ts'
import { formatPlace, parsePlace } from '../place/place.ts'
import type { Place } from '../place/schemes/index.ts'
import { formatHex } from '../text/number.ts'
import { checkKind } from '../text/options.ts'
import { clip, quote } from '../text/refuse.ts'
import { refuseNumber } from './number-as-place.ts'

/** Parses what names a memory: no place for all of it. Throws EUSAGE for an address in one. */
export function memoryNamed(place: string | undefined, parse = parsePlace): Place {
  refuseNumber('open', place, () => 'none, and the address to read or write')
  if (place !== undefined) checkKind('place', place, 'string')
  if (place === '') {
    const message = 'place: "" names nothing: leave it out for all memory of the target'
    throw new RequestError('EUSAGE', message, { input: place })
  }
  const target = /^(?:sim:.*|local(?=:))/s.exec(place ?? '')?.[0]
  if (place !== undefined && target !== undefined) {
    const message = `${quote(clip(place))} is a target, not a place in one: connect(${quote(clip(target))}) opens it`
    throw new RequestError('ESCHEME', message, { input: place })
  }
  const parsed = parse(place ?? '0')
  if (place === undefined || (parsed.scheme !== 'address' && !hasOffset(parsed))) return parsed
  throw addressInMemory(place, parsed)
}

function addressInMemory(place: string, parsed: Place): RequestError {
  const memory = formatPlace({ ...parsed, offset: 0 })
  const open = parsed.scheme === 'address' ? 'open without a place' : `open ${quote(clip(memory))}`
  const message = `${clip(place)} is an address in a memory, not a memory: ${open}, and access ${formatHex(parsed.offset)} in it`
  return new RequestError('EUSAGE', message, { input: place })
}

/** A port's number is its offset, and all ports are one memory. */
function hasOffset({ scheme, offset }: Place): boolean {
  return offset !== 0 && scheme !== 'port'
}

/** The memory that a place is; closing it closes the machine, which was made for it. */
export async function openPlace(
  machine: Pick<Machine, 'locate' | 'close'>,
  place: Place,
): Promise<Memory> {
  const { memory, address, length } = await machine.locate(place)
  if (place.scheme === 'address' || isMapped(place)) return memory
  const { MemoryView } = await import('../memory/view.ts')
  const close = () => machine.close()
  return new MemoryView(memory, { name: formatPlace(place), base: address, length, close })
}
