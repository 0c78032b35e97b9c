/** What was probably meant, at the end of what is wrong. */
import type { ErrorData } from '../base/error-data.ts'

declare const tried: unique symbol

/** A text that was tried before it is suggested: what it was suggested for accepts it. */
export type Suggestion = string & { readonly [tried]: true }

/** What is wrong, and what was meant. */
export interface Hinted {
  /** Without the suggestion; empty where that says all. */
  wrong: string
  /** Between the two: `, `, or `: ` where the suggestion is why. */
  joint: string
  meant: string
  /** What follows the suggestion. */
  behind: string
}

/** `WRONG, did you mean MEANT?`; without a suggestion WRONG alone. `behind` follows either. */
export function didYouMean(
  wrong: string,
  meant: Suggestion | undefined,
  behind = '',
): string | Hinted {
  return meant === undefined ? wrong + behind : { ...hint(meant, behind), wrong, joint: ', ' }
}

/** `did you mean MEANT?`, as all that there is to say. */
export function hint(meant: string, behind = ''): Hinted {
  return { wrong: '', joint: '', meant, behind }
}

/** `START: WHY`. */
export function because(start: string, why: string | Hinted): string | Hinted {
  if (typeof why === 'string') return `${start}: ${why}`
  if (why.wrong === '') return { ...why, wrong: start, joint: ': ' }
  return { ...why, wrong: `${start}: ${why.wrong}` }
}

/** The message as it is read, and what of it programs are told. */
export function said(text: string | Hinted): { message: string; data: ErrorData } {
  if (typeof text === 'string') return { message: text, data: {} }
  const { wrong, joint, meant, behind } = text
  const message = `${wrong}${joint}did you mean ${meant}?${behind}`
  return { message, data: { suggestion: { meant, without: wrong } } }
}
