import { systemClock } from '../../memory/clock.ts'
import { type Bus, BusFault, interpret } from '../../memory/interpreter.ts'
import { Memory } from '../../memory/memory.ts'
import type { Program } from '../../memory/program.ts'
import type { Results } from '../../memory/results.ts'
import type { RunOptions } from '../../memory/run-options.ts'

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
