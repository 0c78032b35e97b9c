import { RequestError } from '../../base/errors.ts'
import { checkLimits } from '../../memory/bounds.ts'
import { BusMemory } from '../../memory/bus-memory.ts'
import { systemClock } from '../../memory/clock.ts'
import type { Bus } from '../../memory/interpreter.ts'
import type { Program } from '../../memory/program.ts'
import { isWriting } from '../../memory/step.ts'
import { NO_STORE, WRITE_BY_GDB } from '../../wording/debug-port.ts'
import type { DebugPort, DebugServer } from './port.ts'

/**
 * What is at a debug port: each access of 8, 16, 32 or 64 bits is one question, which is asked once. An
 * update is a load and a store, between which others may access the same; a wait asks again and
 * again. Where the connection is lost the error (ECONNECTION) says what is known to be done.
 */
export class DebugMemory extends BusMemory {
  readonly name: string
  readonly length = undefined
  readonly server: DebugServer
  readonly #port: DebugPort
  protected readonly bus: Bus

  /** Takes the connection over. */
  constructor(port: DebugPort) {
    super()
    const { name, store = neverStored } = port
    this.name = name
    this.server = port.server
    this.#port = port
    this.bus = {
      ...systemClock,
      ...{ name, store },
      load: (address, width) => port.load(address, width),
    }
  }

  /** Whether the connection has ended, for good. */
  get isLost(): boolean {
    return this.#port.isLost
  }

  protected check(program: Program): void {
    const { name } = this
    checkLimits(program, { name })
    const { steps } = program
    const cache = steps.findIndex(({ op }) => op === 'cache')
    if (cache >= 0) {
      const message = `${name} is a debug port: it cleans and flushes no caches`
      throw new RequestError('EUSAGE', message, { step: cache })
    }
    if (this.#port.store || !program.writes) return
    const message = `${name} is for reading only: ${NO_STORE}`
    throw new RequestError('EREADONLY', message, {
      step: steps.findIndex(isWriting),
      cure: WRITE_BY_GDB,
    })
  }

  protected release(): Promise<void> {
    return this.#port.leave()
  }
}

function neverStored(): never {
  throw new Error('a store where there is none')
}
