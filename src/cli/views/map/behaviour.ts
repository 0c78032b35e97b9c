/** What is said of a part of a simulated board. */
import { accessOfKind } from '../../../describe/yaml/kinds.ts'

/** Of a register who may access it, as elsewhere; and how it behaves where that says more, with what it is for. */
export function behaviourWords(
  what: string,
  description = '',
): readonly [access: string, about: string] {
  const access = accessOfKind(what) ?? what
  const behaviour = access === what ? '' : what
  return [access, [behaviour, description].filter(Boolean).join(': ')]
}
