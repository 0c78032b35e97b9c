import type { Remedy } from '../../base/cure.ts'
import { wordRemedy } from '../../wording/cure.ts'

/** A refusal as a person reads it: what helps in words. */
export function worded<R extends Remedy>(refusal: R) {
  return { ...refusal, ...wordRemedy(refusal) }
}
