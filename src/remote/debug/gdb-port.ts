import type { Value, Width } from '../../base/width.ts'
import { getElement, setElement, viewOf } from '../../memory/elements.ts'
import { BusFault } from '../../memory/interpreter.ts'
import { counted } from '../../text/count.ts'
import { clip } from '../../text/refuse.ts'
import { Malformed } from '../bytes.ts'
import type { Channel } from '../channel.ts'
import { connectionError } from '../errors.ts'
import { GdbClient } from './gdb-client.ts'
import { leavingOf } from './leaving.ts'
import { examination, examined, isNothing, lookUp, statusOf, versionOf } from './monitor.ts'
import type { DebugPort, DebugServer } from './port.ts'

export interface GdbOptions {
  leave?: 'running' | 'stopped' | undefined
  limitMs: number
}

/** Of QEMU's server: what was found of it, and what its monitor is good for. */
interface Qemu {
  /** The addresses were virtual ones before. */
  wasVirtual: boolean
  /** Its monitor prints values in the order in which they stand in memory here. */
  isLittleEndian: boolean
}

/** Architectures of target descriptions whose values have the lowest byte first in QEMU. */
const LITTLE_ENDIAN =
  /<architecture>(?:aarch64|arm\w*|i386[\w:-]*|riscv[\w:]*|loongarch\w*)<\/architecture>/

/** A server of GDB's remote protocol, on which one access is one packet. */
export class GdbPort implements DebugPort {
  readonly name: string
  readonly server: DebugServer
  readonly #client: GdbClient
  readonly #qemu: Qemu | undefined

  private constructor(
    name: string,
    client: GdbClient,
    server: DebugServer,
    qemu: Qemu | undefined,
  ) {
    this.name = name
    this.server = server
    this.#client = client
    this.#qemu = qemu
  }

  /** Asks the server what it is, and QEMU's for physical addresses. Rejects with ECONNECTION. */
  static async attach(channel: Channel, { leave, limitMs }: GdbOptions): Promise<GdbPort> {
    const client = new GdbClient(channel, limitMs)
    try {
      const supported = await client.ask('qSupported')
      if (supported.split(';').includes('QStartNoAckMode+')) {
        if ((await client.ask('QStartNoAckMode')) === 'OK') client.stopAcknowledging()
      }
      const mode = await client.ask('qqemu.PhyMemMode')
      if (mode !== '0' && mode !== '1') {
        // gdbserver has no memory before a thread is chosen: any of them. Others may know no threads.
        await client.ask('Hg0')
        const leaves = leavingOf({
          ...{ asked: leave, hasStopped: client.hasStopped, status: undefined, version: undefined },
        })
        return new GdbPort(channel.name, client, { ...OTHER, leaves }, undefined)
      }
      const status = statusOf(await client.monitor('info status'))
      const version = versionOf(await client.monitor('info version'))
      const leaves = leavingOf({ asked: leave, hasStopped: client.hasStopped, status, version })
      const isLittleEndian = LITTLE_ENDIAN.test(await descriptionStart(client))
      const program = version === undefined ? 'QEMU' : `QEMU ${version.join('.')}`
      const server = { ...QEMU, program, leaves }
      const port = new GdbPort(channel.name, client, server, {
        ...{ wasVirtual: mode === '0', isLittleEndian },
      })
      await port.#takePhysical(true)
      return port
    } catch (error) {
      await client.close()
      throw error
    }
  }

  async load(address: number, width: Width): Promise<Value> {
    if (this.#qemu?.isLittleEndian) return await this.#examine(address, width)
    const bytes = width / 8
    const answer = await this.#client.ask(`m${address.toString(16)},${bytes.toString(16)}`)
    if (isRefusal(answer)) throw refused(answer)
    if (!/^(?:[0-9a-f]{2})+$/i.test(answer)) throw this.#client.refuse('no bytes of memory')
    const came = Buffer.from(answer, 'hex')
    if (came.length > bytes) throw this.#client.refuse('more bytes than were asked for')
    if (came.length < bytes) throw new BusFault(`${came.length} of ${counted(bytes, 'byte')} came`)
    // QEMU gives zeros where nothing is.
    if (came.every((byte) => byte === 0)) await this.#checkThere(address)
    return getElement(viewOf(came), 0, width)
  }

  readonly store = async (address: number, width: Width, value: Value): Promise<void> => {
    await this.#checkThere(address)
    const bytes = Buffer.alloc(width / 8)
    setElement(viewOf(bytes), 0, width, value)
    const where = `${address.toString(16)},${bytes.length.toString(16)}`
    const answer = await this.#client.ask(`M${where}:${bytes.toString('hex')}`)
    if (isRefusal(answer)) throw refused(answer)
    if (answer !== 'OK') throw this.#client.refuse('neither OK nor an error')
  }

  get isLost(): boolean {
    return this.#client.isLost
  }

  async leave(): Promise<void> {
    const client = this.#client
    if (client.isLost) return
    try {
      if (this.#qemu?.wasVirtual) await this.#takePhysical(false)
      if (this.server.leaves?.how === 'running') await this.#resume()
    } finally {
      await client.close()
    }
  }

  /** What QEMU's monitor reads by the same access, but says so where nothing answers. */
  async #examine(address: number, width: Width): Promise<Value> {
    const said = await this.#client.monitor(examination(address, width))
    try {
      return examined(said ?? '', address, width)
    } catch (error) {
      throw error instanceof Malformed ? this.#client.refuse(error.message) : error
    }
  }

  /** QEMU takes a store for done where nothing is. */
  async #checkThere(address: number): Promise<void> {
    if (this.#qemu && isNothing(await this.#client.monitor(lookUp(address)))) throw new BusFault()
  }

  async #takePhysical(physical: boolean): Promise<void> {
    const answer = await this.#client.ask(`Qqemu.PhyMemMode:${physical ? 1 : 0}`)
    if (answer !== 'OK') throw this.#client.refuse('it does not take physical addresses')
  }

  /** Detaching lets the machine run. */
  async #resume(): Promise<void> {
    if ((await this.#client.ask('D')) === 'OK') return
    // A debugger before has spoken of processes, and QEMU still expects the number of one.
    const [, process] = /^QCp([0-9a-f]{1,8})\b/i.exec(await this.#client.ask('qC')) ?? []
    if (process && (await this.#client.ask(`D;${process}`)) === 'OK') return
    const cure = 'let it run by hand: cont in QEMU’s monitor, resume in that of OpenOCD'
    throw connectionError(this.name, 'the server did not let the machine run again', cure)
  }
}

const QEMU: Omit<DebugServer, 'program' | 'leaves'> = {
  protocol: 'gdb',
  addresses: 'physical',
  tellsFaults: { read: true, write: true },
}

const OTHER: Omit<DebugServer, 'leaves'> = {
  protocol: 'gdb',
  program: 'a server of GDB’s protocol',
  addresses: 'as the target sees them',
  tellsFaults: { read: true, write: true },
}

/** What fits into a packet of the description of the machine: its architecture stands at its start. */
async function descriptionStart(client: GdbClient): Promise<string> {
  return await client.ask('qXfer:features:read:target.xml:0,7f0')
}

/** An error, or a packet that the server does not know. */
function isRefusal(answer: string): boolean {
  return answer === '' || /^E(?:[0-9a-f]{2}$|\.)/i.test(answer)
}

function refused(answer: string): BusFault {
  if (answer === '') return new BusFault('the server knows no such packet', 'EIO')
  return new BusFault(`the server answered ${clip(answer)}`)
}
