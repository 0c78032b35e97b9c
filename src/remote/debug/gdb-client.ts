import { Malformed } from '../bytes.ts'
import type { Channel } from '../channel.ts'
import { Inbox } from './inbox.ts'
import { PACKET_MOST, PacketParser, packetOf } from './packets.ts'

/** Packets that may come before the answer: output of a console, and stops that others caused. */
const MOST_BETWEEN = 1000

/** How often a damaged answer is asked for again. */
const MOST_DAMAGED = 3

const ACKNOWLEDGED = Uint8Array.of(0x2b)
const AGAIN = Uint8Array.of(0x2d)

/**
 * Asks a server of GDB's remote protocol, one question at a time. What it did not take (`-`) is not sent
 * again, since what was asked may have been done; a damaged answer is only asked for again, which has
 * the server repeat the answer and not what it did.
 */
export class GdbClient {
  readonly #inbox: Inbox<string>
  readonly #parser = new PacketParser()
  readonly #channel: Channel
  #acknowledges = true
  #damaged = 0
  #answered = false
  /** The machine stopped because of this connection: that was told before any answer. */
  hasStopped = false

  constructor(channel: Channel, limitMs: number) {
    this.#channel = channel
    this.#inbox = new Inbox(channel, { what: 'a GDB server', limitMs }, (bytes) =>
      this.#read(bytes),
    )
  }

  get isLost(): boolean {
    return this.#inbox.isLost
  }

  /** The answer to a packet. Rejects with ECONNECTION. */
  async ask(request: string): Promise<string> {
    return (await this.#converse(request)).answer
  }

  /** What a command of the server's monitor prints; `undefined` where there is no such command. */
  async monitor(command: string): Promise<string | undefined> {
    const hex = Buffer.from(command, 'latin1').toString('hex')
    const { answer, output } = await this.#converse(`qRcmd,${hex}`)
    if (answer === 'OK') return textOfHex(output)
    return answer !== '' && HEX.test(answer) ? textOfHex(output + answer) : undefined
  }

  /** Neither side acknowledges any more, which a connection that damages nothing does not need. */
  stopAcknowledging(): void {
    this.#acknowledges = false
  }

  /** That what came is not what was asked for: the connection is lost, for good. */
  refuse(why: string): Error {
    return this.#inbox.refuse(why)
  }

  close(): Promise<void> {
    return this.#channel.close()
  }

  async #converse(request: string): Promise<{ answer: string; output: string }> {
    for (const early of this.#inbox.takeAll()) {
      if (!this.#isStop(early)) throw this.refuse('an answer to nothing')
    }
    this.#inbox.write(packetOf(request))
    let output = ''
    for (let between = 0; between < MOST_BETWEEN; between++) {
      const packet = await this.#inbox.next()
      if (this.#isStop(packet)) continue
      if (/^[WX][0-9a-f]{2}/i.test(packet)) throw this.#inbox.lose('the machine has ended')
      if (packet.startsWith('O') && HEX.test(packet.slice(1))) {
        output += packet.slice(1)
        if (output.length > PACKET_MOST) throw this.refuse('output without end')
        continue
      }
      this.#answered = true
      return { answer: packet, output }
    }
    throw this.refuse('packets without end, and no answer')
  }

  #isStop(packet: string): boolean {
    const isStop = /^[TS][0-9a-f]{2}/i.test(packet)
    if (isStop && !this.#answered) this.hasStopped = true
    return isStop
  }

  *#read(bytes: Uint8Array): Generator<string> {
    for (const came of this.#parser.take(bytes)) {
      if (came === 'taken') continue
      if (came === 'refused') throw new Malformed('it says that what was sent came damaged')
      if (came === 'damaged') {
        if (!this.#acknowledges || ++this.#damaged > MOST_DAMAGED) {
          throw new Malformed('a packet whose checksum is wrong')
        }
        this.#channel.write(AGAIN)
        continue
      }
      this.#damaged = 0
      if (this.#acknowledges) this.#channel.write(ACKNOWLEDGED)
      yield came.packet
    }
  }
}

const HEX = /^(?:[0-9a-f]{2})*$/i

const textOfHex = (hex: string) => Buffer.from(hex, 'hex').toString('latin1')
