import type { Value, Width } from '../../base/width.ts'
import { getElement, setElement, viewOf } from '../../memory/elements.ts'
import { Malformed } from '../bytes.ts'
import type { Channel } from '../channel.ts'
import { examination, examined, isBigEndian } from './monitor.ts'
import type { DebugPort, DebugServer } from './port.ts'
import { QmpClient } from './qmp-client.ts'

/** QEMU's monitor. It examines physical memory while the machine runs; it has no store. */
export class QmpPort implements DebugPort {
  readonly name: string
  readonly server: DebugServer
  readonly store = undefined
  readonly #client: QmpClient
  readonly #isBigEndian: boolean

  private constructor(name: string, client: QmpClient, program: string, isBig: boolean) {
    this.name = name
    this.server = {
      ...{ protocol: 'qmp', program, addresses: 'physical', leaves: undefined },
      tellsFaults: { read: true, write: false },
    }
    this.#client = client
    this.#isBigEndian = isBig
  }

  /** Rejects with ECONNECTION. */
  static async start(channel: Channel, limitMs: number): Promise<QmpPort> {
    const client = new QmpClient(channel, limitMs)
    try {
      const { version } = (await client.greeting()) as { version?: { qemu?: unknown } }
      const { major, minor, micro } = (version?.qemu ?? {}) as Record<string, unknown>
      const numbers = [major, minor, micro]
      const isVersion = numbers.every((one) => Number.isSafeInteger(one))
      await client.ask('qmp_capabilities')
      const target = (await client.ask('query-target')) as { arch?: unknown } | null
      if (typeof target?.arch !== 'string') throw client.refuse('a machine without an architecture')
      const program = isVersion ? `QEMU ${numbers.join('.')}` : 'QEMU'
      return new QmpPort(channel.name, client, program, isBigEndian(target.arch))
    } catch (error) {
      await client.close()
      throw error
    }
  }

  get isLost(): boolean {
    return this.#client.isLost
  }

  async load(address: number, width: Width): Promise<Value> {
    const said = await this.#client.monitor(examination(address, width))
    try {
      const value = examined(said, address, width)
      return this.#isBigEndian ? turned(value, width) : value
    } catch (error) {
      throw error instanceof Malformed ? this.#client.refuse(error.message) : error
    }
  }

  leave(): Promise<void> {
    return this.#client.close()
  }
}

/** With its bytes in the other order. */
function turned(value: Value, width: Width): Value {
  const bytes = Buffer.alloc(width / 8)
  setElement(viewOf(bytes), 0, width, value)
  return getElement(viewOf(bytes.reverse()), 0, width)
}
