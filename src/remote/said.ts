/** What somebody said in place of the words that were waited for. */
import { printable } from '../text/refuse.ts'

/** Characters of it that are shown. */
const SHOWN = 60

/** Bytes from its start or end in which they are looked for. */
const LOOKED_AT = 400

/** The first line of what came. */
export function saidFirst(bytes: Uint8Array): string {
  const [first] = linesOf(bytes.subarray(0, LOOKED_AT))
  return first === undefined ? '' : `; it began with: ${clipped(first)}`
}

/** The last line of what came. */
export function saidLast(bytes: Uint8Array): string {
  const last = linesOf(bytes.subarray(-LOOKED_AT)).at(-1)
  return last === undefined ? '' : `; it said: ${clipped(last)}`
}

function linesOf(bytes: Uint8Array): string[] {
  const lines = new TextDecoder().decode(bytes).split('\n')
  return lines.map((line) => line.trim()).filter((line) => line !== '')
}

function clipped(line: string): string {
  const text = printable(line)
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}...` : text
}
