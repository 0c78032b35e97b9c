/** A file that describes registers, and those beside it. */
import { dirname, isAbsolute, join } from 'node:path'
import type { Description, SourceText } from '../describe/model.ts'
import { readBytes } from './files.ts'

/** More than any description of a chip has. */
const MOST_BYTES = 96 * 2 ** 20

function sourceAt(path: string): SourceText {
  const bytes = readBytes(path, MOST_BYTES)
  return {
    name: path,
    text: new TextDecoder().decode(bytes),
    bytes,
    open: (name) => sourceAt(isAbsolute(name) ? name : join(dirname(path), name)),
  }
}

/**
 * The description in a file, whatever it is written in. Rejects as its reader does for what is none,
 * and with ENOPLACE, EPERMISSION or ERANGE for what cannot be read.
 */
export async function readDescriptionAt(path: string): Promise<Description> {
  const source = sourceAt(path)
  const { readDescription } = await import('../describe/read.ts')
  return await readDescription(source)
}
