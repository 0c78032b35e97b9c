import { RequestError } from '../base/errors.ts'
import { formatPlace } from '../place/place.ts'
import type { Place } from '../place/schemes/index.ts'
import { optionWord } from '../wording/command-line.ts'

/**
 * Throws EUSAGE for a register whose width nobody knows, where the command line does not say one: that
 * of most memory would take the registers behind it along.
 */
export function refuseUnsaidWidth(place: Place, cure?: string): void {
  if (place.scheme !== 'i2c') return
  // Those of most devices, but for the last.
  const [byte, half, word] = ([8, 16, 32] as const).map((width) => optionWord('width', width))
  const input = formatPlace(place)
  const message = `${input}: the width of this register is unknown`
  throw new RequestError('EUSAGE', message, {
    input,
    cure: cure ?? `use ${byte}, ${half} or ${word}`,
  })
}
