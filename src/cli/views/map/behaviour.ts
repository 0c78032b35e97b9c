/** What is said of a part of a simulated board. */
import { accessOfKind } from '../../../describe/yaml/kinds.ts'

/** Of a register who may access it, as elsewhere; and what it is for, with how it behaves where that says more. */
export function behaviourWords(
  what: string,
  description = '',
): readonly [access: string, about: string] {
  const access = accessOfKind(what) ?? what
  if (access === what) return [access, description]
  return [access, description === '' ? what : `${description} (${what})`]
}
