import { readFileSync, statSync } from 'node:fs'
import { commandAt, commandOf } from '../frame/words.ts'

/** A longer script is not looked at: its start is not what counts. */
const LONGEST = 2 ** 22

/**
 * The text of the file of commands that a batch runs; `undefined` for another command, for what cannot
 * be read twice, and where there is none.
 */
export function scriptOf(argv: readonly string[]): string | undefined {
  const at = commandAt(argv)
  if (argv[at] !== 'batch') return undefined
  const path = commandOf(argv.slice(at + 1))
  try {
    const status = statSync(path)
    const isShort = status.isFile() && status.size <= LONGEST
    return isShort ? readFileSync(path, 'latin1') : undefined
  } catch {
    return undefined // The command says why.
  }
}

const commands = '(read|write|wait|devmem)'
const option = String.raw`-(?![qv]*t|-target|-chip|-board|-help|\w*h)[\w-]+(?:=\w+)?`
const word = String.raw`[0-9][^\s@'"\\]*|(?:file|uio):[^\s'"\\]+|pci:(?![^=\s]*\.[A-Za-z_*?]|\S*/config)[^\s'"\\]+`
const valued = String.raw`--(?:base|endian)[ \t]+[a-z]+`
const words = String.raw`(?:[ \t]+(?:${word}|${valued}|${option})(?=\s|$))*`
const plain = new RegExp(
  String.raw`^[ \t]*(?:(?:physmem[ \t]+)?${commands}${words})?\s*(?:#[^]*)?$`,
)

/**
 * The everyday commands that stand in a script, where every line is one of them, or none, and needs
 * no more than they have with them; `undefined` for every other script, and for none.
 */
export function plainCommands(script: string | undefined): string[] | undefined {
  if (script === undefined) return undefined
  const found = new Set<string>()
  for (const line of script.split('\n')) {
    const match = plain.exec(line)
    if (match === null) return undefined
    if (match[1] !== undefined) found.add(match[1])
  }
  return [...found]
}
