import { statSync } from 'node:fs'
import { RequestError } from '../base/errors.ts'
import { retell } from '../base/retell.ts'
import { parsePlace } from '../place/place.ts'
import { type Place, prefixes } from '../place/schemes/index.ts'
import { parseTarget } from '../place/target.ts'
import { quote } from '../text/refuse.ts'
import { accepted, didYouMean, nearest, suggesting, suggests } from '../text/suggest.ts'

/** The place of a program, which may name a simulated board in place of it: refusals say so. */
export function parseOpened(text: string): Place {
  return suggesting(text, readAny, () => {
    try {
      return parsePlace(text)
    } catch (error) {
      throw error instanceof RequestError && !suggests(error.message) ? advise(text, error) : error
    }
  })
}

function readAny(text: string): unknown {
  return text.startsWith('sim:') ? parseTarget(text) : parsePlace(text)
}

function advise(text: string, error: RequestError): RequestError {
  const file = isFile(text) ? accepted(text, `file:${text}`) : undefined
  if (file !== undefined) {
    return retell(error, { message: `${quote(text)} is a file, and no place${didYouMean(file)}` })
  }
  const known = error.message.replace(prefixes, () => `${prefixes}, sim:`)
  const hint = didYouMean(accepted(text, nearest(text, ['sim:'])))
  return retell(error, { message: known + hint })
}

function isFile(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isFile() === true
  } catch {
    return false // No path that there can be: too long, or with a NUL character.
  }
}
