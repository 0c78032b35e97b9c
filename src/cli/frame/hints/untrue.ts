/** What a parser suggests fits the word that it was given; what it does not know is the line, and what is there. */

import { existsSync } from 'node:fs'
import { RequestError } from '../../../base/errors.ts'
import { retell } from '../../../base/retell.ts'
import { parseOperandOrRange } from '../../../place/index.ts'
import { type Grammar, whyRefused } from './line.ts'

/** A line whose words are refused. */
export interface Refused {
  error: RequestError
  words: readonly string[]
  withWords(others: readonly string[]): string[]
}

/** The words with what the message suggests in the place of what was refused. */
export function meantWords({ error, words }: Refused): string[] | undefined {
  const { meant } = error.data.suggestion ?? {}
  const input = String(error.data.input)
  if (meant === undefined || !words.some((word) => word.includes(input))) return undefined
  return words.map((word) => word.replace(input, () => meant))
}

/** The error without a suggestion that would be refused in its turn; `undefined` where it is good. */
export async function withoutUntrue(
  refused: Refused,
  grammar: Grammar,
): Promise<RequestError | undefined> {
  const { error, words, withWords } = refused
  const { meant = '', without: message = '' } = error.data.suggestion ?? {}
  const others = meantWords(refused)
  if (others === undefined) return undefined
  const data = { suggestion: undefined }
  if (isMissingFile(meant)) {
    return retell(error, { message: `${message}, and there is no such file`, data })
  }
  const refusal = await whyRefused(withWords(others), grammar)
  const wrong = String(refusal?.data.input)
  // What is wrong with another word was wrong before.
  const isOfOther = words.some((word, at) => word === others[at] && word.includes(wrong))
  return refusal === undefined || isOfOther ? undefined : retell(error, { message, data })
}

function isMissingFile(meant: string): boolean {
  try {
    const { place } = parseOperandOrRange(meant)
    return place.scheme === 'file' && !existsSync(place.path)
  } catch (error) {
    if (error instanceof RequestError) return false
    throw error
  }
}
