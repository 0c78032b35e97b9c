/** A file that describes registers, and those beside it. */
import { dirname, isAbsolute, join } from 'node:path'
import { RequestError } from '../base/errors.ts'
import type { Description, SourceText } from '../describe/model.ts'
import { clip } from '../text/refuse.ts'
import { readText } from './files.ts'

/** More than any description of a chip has. */
const MOST_BYTES = 96 * 2 ** 20

function sourceAt(path: string): SourceText {
  return {
    name: path,
    text: readText(path, MOST_BYTES),
    open: (name) => sourceAt(isAbsolute(name) ? name : join(dirname(path), name)),
  }
}

/**
 * The description in a file. Rejects as its reader does for what is none, and with ENOPLACE,
 * EPERMISSION or ERANGE for what cannot be read.
 */
export async function readDescriptionAt(path: string): Promise<Description> {
  const source = sourceAt(path)
  const start = source.text.slice(0, 1000).trimStart()
  if (start === '') {
    const message = `${clip(path)} is empty: expected a description of registers`
    throw new RequestError('ESYNTAX', message, { file: path })
  }
  if (start.startsWith('<')) return (await import('../describe/svd/read.ts')).readSvd(source)
  return (await import('../describe/yaml/index.ts')).readYaml(source)
}
