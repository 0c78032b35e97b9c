import type { Output } from '../../frame/io.ts'

/** So much of a description is always shown. */
const LEAST = 24

/** How long a row may be before its description is cut: what a pipe or a file gets never is. */
export function rowWidth({ isTerminal, columns }: Pick<Output, 'isTerminal' | 'columns'>): number {
  return isTerminal ? columns : Infinity
}

/** How much of a description stands in a row of this width, beside so much else. */
export function textRoom(width: number, beside: number): number {
  return Math.max(LEAST, width - beside)
}
