/** Which kinds of place a machine has, where a message lists all that there are. */

import type { RequestError } from '../../../base/errors.ts'
import { retell } from '../../../base/retell.ts'
import { isDebugPort, isSimulated } from '../../../machine/facilities.ts'

/** The commands that take registers by name where a place may stand. */
const BY_NAME = ['read', 'write', 'wait', 'watch', 'record']

/** The error of what is no place, with the kinds that a machine of plain addresses takes. */
export function withKindsThere(error: RequestError, command: string, target: string): RequestError {
  const { message, data } = error
  const all = `, or ${data.known?.map((kind) => `${kind}:`).join(', ')}`
  const hasAddresses = isSimulated(target) || isDebugPort(target)
  if (data.known === undefined || !hasAddresses || !message.endsWith(all)) return error
  const kinds = BY_NAME.includes(command) ? ', file: or the name of a register' : ' or file:'
  return retell(error, {
    message: message.slice(0, -all.length) + kinds,
    data: { known: ['file'] },
  })
}
