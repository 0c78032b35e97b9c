import { RequestError } from '../../../base/errors.ts'
import type { Settings } from '../../frame/globals.ts'

/** Throws EUSAGE for what says how a place is accessed, in a line of registers alone. */
export function refuseForPlaces(
  { widthGiven }: Pick<Settings, 'widthGiven'>,
  { unaligned = false }: { unaligned?: boolean } = {},
): void {
  const option = widthGiven ? '--width' : unaligned ? '--unaligned' : undefined
  if (option === undefined) return
  throw new RequestError('EUSAGE', `${option} is for places: a register has its own width`)
}
