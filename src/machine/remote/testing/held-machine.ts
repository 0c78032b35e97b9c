import { Session } from '../../../remote/session.ts'
import { startAgent } from '../../../remote/testing/agent.ts'
import { type Holder, startHolder } from '../../../translate/testing/holder.ts'
import { LocalMachine } from '../../local/machine.ts'
import { RemoteMachine } from '../machine.ts'

/** A process that holds pages, and this machine by an agent, whose requests are counted. */
export class HeldMachine {
  readonly holder: Holder
  readonly machine: RemoteMachine
  readonly #count: { requests: number }

  private constructor(holder: Holder, machine: RemoteMachine, count: { requests: number }) {
    this.holder = holder
    this.machine = machine
    this.#count = count
  }

  static async start(): Promise<HeldMachine> {
    const count = { requests: 0 }
    const holder = await startHolder()
    const channel = await startAgent()
    const write = channel.write.bind(channel)
    channel.write = (bytes) => {
      count.requests += 1
      write(bytes)
    }
    const session = await Session.start(channel)
    return new HeldMachine(holder, new RemoteMachine(session, { local: new LocalMachine() }), count)
  }

  /** How many requests it takes. */
  async requestsOf(act: () => Promise<unknown>): Promise<number> {
    this.#count.requests = 0
    await act()
    return this.#count.requests
  }

  async close(): Promise<void> {
    await this.machine.close()
    this.holder.end()
  }
}
