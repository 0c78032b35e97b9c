import { RequestError } from '../../../base/errors.ts'
import { parseRangeOrPlace } from '../../../place/index.ts'

/** Whether a word is read as a place or a range, which is not what a file would be named. */
export function isPlace(word: string): boolean {
  try {
    parseRangeOrPlace(word)
    return true
  } catch (error) {
    if (error instanceof RequestError) return false
    throw error
  }
}
