/** What was meant on a machine that has plain addresses only. */

import { RequestError } from '../../../base/errors.ts'
import { retell } from '../../../base/retell.ts'
import { isDebugPort, isRemote } from '../../../machine/facilities.ts'
import { parseAddress } from '../../../text/number.ts'
import { quote } from '../../../text/refuse.ts'
import { type Grammar, whyRefused } from './line.ts'
import { meantWords, type Refused } from './untrue.ts'

/** What a parser suggests fits the word; the machine that is in force may have no such place: why, if so. */
export async function whyElsewhere(
  refused: Refused,
  grammar: Grammar,
): Promise<RequestError | undefined> {
  const { error, withWords } = refused
  const input = String(error.data.input)
  const others = meantWords(refused)
  if (others === undefined) return undefined
  const { target } = grammar.defaults
  const tooLarge = isRemote(target) ? undefined : whyNoAddress(input)
  if (tooLarge !== undefined) return tooLarge
  const refusal = await whyRefused(withWords(others), grammar)
  if (refusal?.code !== 'ESCHEME') return undefined
  const where = isDebugPort(target) ? 'at a debug port' : 'on a simulated board'
  const message = `${quote(input)} is not a place ${where}: it has plain addresses only`
  return retell(error, { message })
}

/** Why a number is no address; `undefined` for what is none. */
function whyNoAddress(text: string): RequestError | undefined {
  if (!/^[0-9]/.test(text)) return undefined
  try {
    parseAddress(text)
    return undefined
  } catch (error) {
    if (error instanceof RequestError) return error.code === 'ERANGE' ? error : undefined
    throw error
  }
}
