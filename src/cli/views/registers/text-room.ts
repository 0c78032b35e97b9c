import { TEXT_COLUMNS } from '../../../text/one-line.ts'
import type { Output } from '../../frame/io.ts'

/** How much of a description stands in a row: what a pipe or a file gets is never cut. */
export function textRoom({ isTerminal }: Pick<Output, 'isTerminal'>): number {
  return isTerminal ? TEXT_COLUMNS : Infinity
}
