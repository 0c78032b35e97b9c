import { isRegularFile } from '../../../operate/files.ts'
import { hasNoBytes } from '../../../place/schemes/file.ts'

/** Whether a word is the name of a file that may be suggested as `file:NAME`. */
export function isBytesFile(path: string): boolean {
  return isRegularFile(path) && !hasNoBytes(path)
}
