import type { Remedy } from '../../base/cure.ts'
import { wordRemedy } from '../../wording/cure.ts'

/** A refusal as a person reads it: what helps in words. */
export function worded<R extends Remedy>(refusal: R): R & ReturnType<typeof wordRemedy>
export function worded<R extends Remedy>(refusal: R | undefined): R | undefined
export function worded<R extends Remedy>(refusal: R | undefined) {
  return refusal && { ...refusal, ...wordRemedy(refusal) }
}
