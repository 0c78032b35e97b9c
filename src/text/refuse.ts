import type { ErrorData } from '../base/error-data.ts'
import { type ErrorCode, RequestError } from '../base/errors.ts'
import { shorten } from '../base/shorten.ts'
import { because, type Hinted, said } from './hint.ts'

const longestQuote = 80

/** The text in double quotes, as `clip` shows it. */
export function quote(text: string): string {
  return `"${clip(text).replaceAll('"', '\\"')}"`
}

/** The text as one readable line: as `printable` shows it, but a long middle is cut out. */
export function clip(text: string): string {
  return printable(shorten(text, longestQuote))
}

/**
 * The text without what a terminal would act on or not show, for names that others chose: control
 * characters (ESC, line ends), invisible ones (a zero-width space, a change of direction), halves
 * of surrogate pairs and line separators are shown as `\u{200b}`.
 */
export function printable(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu,
    (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`,
  )
}

/** A refusal of `input`: nothing was touched. To be thrown by the caller. */
export function refusal(
  code: ErrorCode,
  text: string | Hinted,
  input: string,
  more: ErrorData = {},
): RequestError {
  const { message, data } = said(text)
  return new RequestError(code, message, { input, ...more, ...data })
}

/** `"input" is not WHAT: WHY`, the sentence in which every malformed text is refused. */
export function malformed(
  input: string,
  what: string,
  why: string | Hinted,
  more: ErrorData = {},
): RequestError {
  return refusal('ESYNTAX', because(`${quote(input)} is not ${what}`, why), input, more)
}
