/** Which line of a module is wrong: Node tells it only where it prints the error itself. */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'

export interface SyntaxFault {
  file: string
  line: number
  what: string
}

/** Imports of files, as far as a look at the text finds them. */
const IMPORT = /\b(?:from|import)\s*\(?\s*(['"])(\.{0,2}\/[^'"\n]+\.m?js)\1/g

/** The first in an ES module, or in what it imports from files. Runs none of them. */
export function syntaxErrorIn(file: string, seen = new Set<string>()): SyntaxFault | undefined {
  if (seen.has(file)) return undefined
  seen.add(file)
  const text = textOf(file)
  if (text === undefined) return undefined
  const own = faultOf(file, text)
  if (own !== undefined) return own
  for (const [, , path = ''] of text.matchAll(IMPORT)) {
    const found = syntaxErrorIn(resolve(dirname(file), path), seen)
    if (found !== undefined) return found
  }
  return undefined
}

function faultOf(file: string, input: string): SyntaxFault | undefined {
  if (!/\.m?js$/.test(file)) return undefined
  const { stderr } = spawnSync(process.execPath, ['--check', '--input-type=module', '-'], {
    ...{ input, encoding: 'utf8' },
  })
  const [, line] = /:(\d+)\n/.exec(stderr) ?? []
  const [, what] = /^SyntaxError: (.*)$/m.exec(stderr) ?? []
  return line === undefined || what === undefined ? undefined : { file, line: Number(line), what }
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}
