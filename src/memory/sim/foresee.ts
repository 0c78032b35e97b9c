import { failureError } from '../failure.ts'
import type { Program } from '../program.ts'
import { Results } from '../results.ts'
import { elementCount, isWriting, type Step } from '../step.ts'
import type { Board } from './board.ts'

/**
 * Throws the error of the first step that the board is known not to answer, with nothing done. Loads
 * that may fail are passed over.
 */
export function foresee(program: Program, name: string, board: Board): void {
  for (const [index, step] of program.steps.entries()) {
    if (!('width' in step)) continue
    const { width } = step
    const stride = 'stepping' in step && step.stepping === 'fixed' ? 0 : width / 8
    for (const direction of directionsOf(step)) {
      const found = board.foresee(direction, { ...step, count: elementCount(step), stride })
      if (found === undefined) continue
      const { reason } = found
      const failure = { code: 'EFAULT_BUS', step: index, elementsDone: found.index } as const
      const told = { ...failure, direction, ...(reason === undefined ? {} : { reason }) }
      const results = new Results(program, NOTHING)
      throw failureError(name, program, results, { ...told, foreseen: true })
    }
  }
}

const NOTHING = { done: 0, cells: new BigUint64Array(0), data: new Uint8Array(0) }

function directionsOf(step: Step): readonly ('read' | 'write')[] {
  if (step.op === 'update') return ['read', 'write']
  if (step.op === 'readBlock' && step.onFault === 'skip') return []
  return isWriting(step) ? ['write'] : ['read']
}
