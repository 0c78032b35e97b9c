import { statSync } from 'node:fs'
import { RequestError } from '../base/errors.ts'
import { retell } from '../base/retell.ts'
import { parsePlace } from '../place/place.ts'
import type { Place } from '../place/schemes/index.ts'
import { parseTarget } from '../place/target.ts'
import { didYouMean, said } from '../text/hint.ts'
import { quote } from '../text/refuse.ts'
import { accepted, nearest, suggesting } from '../text/suggest.ts'

/** The place of a program, which may name a simulated board in place of it: refusals say so. */
export function parseOpened(text: string): Place {
  return suggesting(text, readAny, () => {
    try {
      return parsePlace(text)
    } catch (error) {
      if (!(error instanceof RequestError) || error.data.suggestion) throw error
      throw advise(text, error)
    }
  })
}

function readAny(text: string): unknown {
  return text.startsWith('sim:') ? parseTarget(text) : parsePlace(text)
}

function advise(text: string, error: RequestError): RequestError {
  const file = isFile(text) ? accepted(text, `file:${text}`) : undefined
  if (file !== undefined) {
    return retell(error, said(didYouMean(`${quote(text)} is a file, not a place`, file)))
  }
  const expected = error.data.known ? `${error.message}, sim:` : error.message
  return retell(error, said(didYouMean(expected, accepted(text, nearest(text, ['sim:'])))))
}

function isFile(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isFile() === true
  } catch {
    return false // No path that there can be: too long, or with a NUL character.
  }
}
