import { RequestError } from '../errors.ts'
import { checkKind, unknownOption } from '../text/options.ts'
import type { Step } from './step.ts'

type Members = { [O in Step['op']]: readonly (keyof Extract<Step, { op: O }>)[] }

/** What a step of each operation may have. */
const MEMBERS: Members = {
  read: ['op', 'address', 'width'],
  write: ['op', 'address', 'width', 'value'],
  update: ['op', 'address', 'width', 'mask', 'value'],
  wait: ['op', 'address', 'width', 'mask', 'equals', 'negate', 'timeoutMs', 'intervalUs'],
  readBlock: ['op', 'address', 'width', 'count', 'stepping', 'onFault'],
  writeBlock: ['op', 'address', 'width', 'data', 'stepping'],
  fill: ['op', 'address', 'width', 'count', 'value'],
  delay: ['op', 'us'],
  fence: ['op'],
  cache: ['op', 'action', 'address', 'length'],
}

/** Throws EUSAGE for a member that does nothing, such as a misspelt one: the step would do something else. */
export function checkMembers(step: Step, index: number): void {
  const names: readonly string[] | undefined = MEMBERS[step.op]
  if (names === undefined) return // An unknown operation: that is told of it.
  for (const name in step) {
    if (names.includes(name)) continue
    const { message } = unknownOption(`a ${step.op} step`, name, names.slice(1), 'member')
    throw new RequestError('EUSAGE', message, { step: index })
  }
  if (step.op === 'wait' && step.negate !== undefined) checkKind('negate', step.negate, 'boolean')
}
