import { RequestError } from '../../../base/errors.ts'
import type { Settings } from '../../frame/globals.ts'

/** Throws EUSAGE for a width that was given beside names alone. */
export function refuseWidth({ widthGiven }: Pick<Settings, 'widthGiven'>, onlyNames: boolean) {
  if (!onlyNames || !widthGiven) return
  throw new RequestError('EUSAGE', '--width is for places: a register has its own width')
}
