import { systemClock } from '../../clock.ts'
import { type Bus, BusFault, interpret } from '../../interpreter.ts'
import { Memory } from '../../memory.ts'
import type { Program } from '../../program.ts'
import type { Results } from '../../results.ts'
import type { RunOptions } from '../../run-options.ts'

const nothing = (): never => {
  throw new BusFault('there is nothing')
}

const bus: Bus = { ...systemClock, name: 'nothing', load: nothing, store: nothing }

/** For programs that access nothing: they pause and fence. */
export class IdleMemory extends Memory {
  readonly name = 'nothing'
  readonly length = 0

  run(program: Program, options: RunOptions = {}): Promise<Results> {
    return interpret(program, bus, options)
  }

  async close(): Promise<void> {}
}
