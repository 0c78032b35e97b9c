import { RequestError } from '../base/errors.ts'
import { checkKind, shown, unknownOption } from '../text/options.ts'
import type { Step } from './step.ts'

/** Every member of a step, none left out. */
type Members<O extends Step['op']> = Record<keyof Extract<Step, { op: O }>, true>

/** What a step of each operation may have. */
const MEMBERS: { readonly [O in Step['op']]: Members<O> } = {
  read: { op: true, address: true, width: true },
  write: { op: true, address: true, width: true, value: true },
  update: { op: true, address: true, width: true, mask: true, value: true },
  wait: {
    ...{ op: true, address: true, width: true, mask: true, equals: true },
    ...{ negate: true, timeoutMs: true, intervalUs: true },
  },
  readBlock: { op: true, address: true, width: true, count: true, stepping: true, onFault: true },
  writeBlock: { op: true, address: true, width: true, data: true, stepping: true },
  fill: { op: true, address: true, width: true, count: true, value: true },
  delay: { op: true, us: true },
  fence: { op: true },
  cache: { op: true, action: true, address: true, length: true },
}

export const STEP_NAMES: readonly string[] = Object.keys(MEMBERS)

/** Throws EUSAGE for a member that does nothing, such as a misspelt one: the step would do something else. */
export function checkMembers(step: Step, index: number): void {
  if (typeof step !== 'object' || step === null || Array.isArray(step)) {
    const expected = "expected an object such as { op: 'fence' }"
    throw new RequestError('EUSAGE', `${expected}, not ${shown(step)}`, {
      step: index,
    })
  }
  if (!Object.hasOwn(MEMBERS, step.op)) return // An unknown operation is refused as such.
  const members: Record<string, true> = MEMBERS[step.op]
  for (const name in step) {
    if (Object.hasOwn(members, name)) continue
    const names = Object.keys(members).slice(1)
    const { message } = unknownOption(`a ${step.op} step`, name, names, 'member')
    throw new RequestError('EUSAGE', message, { step: index })
  }
  if (step.op === 'wait' && step.negate !== undefined) checkKind('negate', step.negate, 'boolean')
}
