/** Words of a command line that name files. */
import { didYouMean } from '../../text/hint.ts'
import { malformed, quote, refusal } from '../../text/refuse.ts'
import { accepted, suggesting } from '../../text/suggest.ts'

/** What leads to standard output besides `-`: a message after the bytes would be among them. */
const STDOUT = ['/dev/stdout', '/dev/fd/1', '/proc/self/fd/1']

/** The path of a file, which is not a place: `./file:a` is a file of that name. */
export function filePath(text: string): string {
  return suggesting(text, read, () => read(text))
}

/** The path of a file that is written; `-` is standard output. */
export function outputPath(text: string): string {
  return STDOUT.includes(text) ? '-' : filePath(text)
}

function read(text: string): string {
  if (text === '') throw malformed(text, 'a path', 'it is empty')
  if (!text.startsWith('file:')) return text
  // What has an offset is a part of a file.
  const [, path] = /^file:([^+]*[^+.])$/.exec(text) ?? []
  const wrong = `${quote(text)} is a place, not a path`
  throw refusal('ESYNTAX', didYouMean(wrong, accepted(text, path)), text)
}
