import { RequestError } from '../base/errors.ts'
import { syntaxErrorIn } from './syntax.ts'

/** Where a text of others has its error: Node begins a stack so, unless it is of an ES module in JavaScript. */
const OF_NODE = /^(?:file:\/\/)?(\/[^\n]*):(\d+)\n/
/** Of esbuild, by which tsx translates. */
const OF_TSX = /^[^\n]*: Transform failed with [^\n]*\n(\/[^\n]*):(\d+):\d+: ERROR: ([^\n]*)/

/**
 * What keeps a script, or a module that it imports, from being loaded, with its file and line: ESYNTAX.
 * `undefined` for what the script throws itself.
 */
export function loaderError(script: string, thrown: unknown): RequestError | undefined {
  if (!(thrown instanceof Error)) return undefined
  const { stack = '' } = thrown
  const [, translated = '', row, what = ''] = OF_TSX.exec(stack) ?? []
  if (row !== undefined) return refused(script, what, translated, Number(row))
  const thrower = stack.split('\n').find((each) => /^ +at /.test(each))
  if (!thrower?.includes('(node:internal/modules/')) return undefined
  const [, file, line] = OF_NODE.exec(stack) ?? []
  if (file !== undefined) return refused(script, thrown.message, file, Number(line))
  const found = thrown instanceof SyntaxError ? syntaxErrorIn(script) : undefined
  return found === undefined
    ? refused(script, thrown.message, script)
    : refused(script, found.what, found.file, found.line)
}

function refused(input: string, what: string, file: string, line?: number): RequestError {
  const where = line === undefined ? file : `${file}:${line}`
  const data = { input, file, ...(line === undefined ? {} : { line }) }
  return new RequestError('ESYNTAX', `${where}: ${what}`, data)
}
