import { dirname } from 'node:path'
import { RequestError } from '../base/errors.ts'
import { retell } from '../base/retell.ts'
import { parseTarget } from '../place/target.ts'
import { clip } from '../text/refuse.ts'
import type { BoardFile } from './board-file.ts'
import { GROUP_SIGN } from './target-groups.ts'
import { wholeTarget } from './whole-target.ts'

/**
 * The target that a board file has for those who name none, a group as `@NAME`; `undefined` where it
 * has none. Throws ESCHEME or ESYNTAX for what is no target, with line and column.
 */
export function targetOf({ path, target, named }: BoardFile): string | undefined {
  if (target === undefined || target.startsWith(GROUP_SIGN)) return target
  try {
    const whole = wholeTarget(dirname(path), target)
    parseTarget(whole)
    return whole
  } catch (error) {
    if (!(error instanceof RequestError)) throw error
    const { line, column } = named.find(({ key }) => key === 'target')?.at ?? { line: 1, column: 1 }
    throw retell(error, { message: `${clip(path)}:${line}:${column}: ${error.message}` })
  }
}
