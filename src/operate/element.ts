import type { Endian } from '../base/endian.ts'
import { PhysmemError, RequestError } from '../base/errors.ts'
import { retell } from '../base/retell.ts'
import type { Value, Width } from '../base/width.ts'
import type { System } from '../linux/system.ts'
import { startOf } from '../machine/local/start.ts'
import { asValue, getElement, setElement, viewOf } from '../memory/elements.ts'
import { isAligned } from '../place/align.ts'
import { checkAligned, formatPlace, swapValue } from '../place/index.ts'
import { checkReach } from '../place/registers.ts'
import type { Place } from '../place/schemes/index.ts'
import { are, counted } from '../text/count.ts'
import { optionWord } from '../wording/command-line.ts'
import { wordCure } from '../wording/cure.ts'
import { checkOwnWidth } from './own-width.ts'

/**
 * Whether an element is accessed byte by byte: only when it is misaligned and `--unaligned` allows
 * it. Throws EALIGN when it does not, and EWIDTH for a register of another width. `unaligned` is
 * undefined for a command without that option; a width below `least` is not named as one that would do.
 */
export function isBytewise(
  place: Place,
  width: Width,
  options: { unaligned?: boolean | undefined; readonly system: System | undefined },
  least = 0,
): boolean {
  checkOwnWidth(place, width)
  checkReach(place, 1)
  if (place.scheme === 'i2c') return false // Its registers are wholes, whatever their numbers.
  // Most places need no facts, which take as long to ask for as all else here.
  const system = STARTS_SOMEWHERE.includes(place.scheme) ? options.system : undefined
  // Of a machine far away nothing is known before it is reached; its memory checks each access, too.
  if (system === undefined && ON_MACHINE.includes(place.scheme)) return false
  const address = addressOf(place)
  const misalignment = system === undefined ? 0 : misalignmentOf(place, system)
  if (isAligned(address, width, misalignment)) return false
  const { unaligned } = options
  try {
    checkAligned(address, width, formatPlace(place), endOf(place), misalignment)
    return false
  } catch (error) {
    if (unaligned !== undefined && place.scheme === 'port') throw ofPorts(error, unaligned)
    if (unaligned === true) return true
    const isWide = ([8, 16, 32] as const).some(
      (other) => other >= least && isAligned(address, other, misalignment),
    )
    if ((unaligned === false && isWide) || !(error instanceof RequestError)) throw error
    // Where elements are never accessed byte by byte, a width that fits is all that helps.
    const [fitting, bytes] = error.remedy?.cures ?? []
    const cure = isWide ? fitting : unaligned === false ? bytes : undefined
    throw retell(error, { data: { cure: cure && wordCure(cure) } })
  }
}

/** Kinds of place of which facts of their machine tell whether they begin at a multiple of 8. */
const ON_MACHINE: readonly Place['scheme'][] = ['uio', 'iomem', 'dt', 'kernel']

/** The same with those of which a file does that is here, whatever the target. */
const STARTS_SOMEWHERE: readonly Place['scheme'][] = [...ON_MACHINE, 'dtb']

/** Each port is a register of its own, so that no two are accessed in place of a wider one. */
function ofPorts(error: unknown, unaligned: boolean): unknown {
  if (!(error instanceof RequestError)) return error
  const cure = byPort()
  if (!unaligned) return retell(error, { data: { cure } })
  const message = `${error.message}; ${optionWord('unaligned')} is for memory: each I/O port is a separate register`
  return new RequestError('EUSAGE', message, { ...error.data, cure })
}

function byPort(): string {
  return `name the ports one by one, with ${optionWord('width', 8)}`
}

/** The first address that there is not, where a scheme has fewer than others. */
function endOf({ scheme }: Place): bigint | undefined {
  return scheme === 'port' ? 0x1_0000n : undefined
}

/** How far after a multiple of 8 what the place is in begins in physical memory. */
function misalignmentOf(place: Place, system: System): number {
  try {
    return startOf(place, system) % 8
  } catch (error) {
    if (error instanceof PhysmemError) return 0 // What locates the place says why there is none.
    throw error
  }
}

/** What is a multiple of the width where the place is: an offset where what it is in begins at such. */
function addressOf(place: Place): number | bigint {
  const { offset } = place
  if (place.scheme === 'pid') return place.virtual + BigInt(offset)
  const isAddress = place.scheme === 'kernel' && typeof place.at === 'bigint'
  return isAddress ? (place.at as bigint) + BigInt(offset) : offset
}

/** Throws EALIGN when `length` bytes are not a whole number of elements. `what` names them, `place` is where they are. */
export function checkWhole(length: number, width: Width, what: string, place?: Place): void {
  const size = width / 8
  if (length % size === 0) return
  const fitting = ([32, 16, 8] as const).find((other) => length % (other / 8) === 0) ?? 8
  throw new RequestError(
    'EALIGN',
    `${what}: ${counted(length, 'byte')} ${are(length)} not a whole number of ${width}-bit elements`,
    {
      width,
      input: what,
      cure: place?.scheme === 'port' ? byPort() : `use ${optionWord('width', fitting)}`,
    },
  )
}

/** The value that a person means by what memory holds, and the other way round. */
export function ordered(value: Value, width: Width, endian: Endian): Value {
  return endian === 'big' ? swapValue(value, width) : asValue(value, width)
}

/** The element at `offset` of bytes as they lie in memory. */
export function elementAt(bytes: Uint8Array, offset: number, width: Width, endian: Endian): Value {
  return ordered(getElement(viewOf(bytes), offset, width), width, endian)
}

/** The bytes of one element as they lie in memory. */
export function elementBytes(value: Value, width: Width, endian: Endian): Uint8Array {
  const bytes = new Uint8Array(width / 8)
  setElement(viewOf(bytes), 0, width, ordered(value, width, endian))
  return bytes
}
