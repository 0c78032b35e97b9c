import type { Reply } from './fake-server.ts'

const hex = (text: string) => Buffer.from(text, 'latin1').toString('hex')

const UNITS = { b: 1, h: 2, w: 4, g: 8 } as const

/** What QEMU 7.2 answers, over a page of RAM at `base`; all other addresses are nothing. */
export class FakeQemu {
  readonly memory = Buffer.alloc(4096)
  readonly base = 0x4000_0000
  physical = false
  running = false
  /** What the monitor says. */
  status = 'VM status: paused'
  version = '7.2.22Debian 1:7.2+dfsg-7+deb12u18+b3'
  architecture = 'aarch64'
  /** A debugger before has spoken of processes. */
  multiprocess = false

  readonly answer = (packet: string): Reply => {
    if (packet === 'qSupported') return 'PacketSize=1000;qXfer:features:read+;vContSupported+'
    if (packet === 'qqemu.PhyMemMode') return this.physical ? '1' : '0'
    if (/^Qqemu.PhyMemMode:[01]$/.test(packet)) {
      this.physical = packet.endsWith('1')
      return 'OK'
    }
    if (packet.startsWith('qXfer')) return `l<architecture>${this.architecture}</architecture>`
    if (packet === 'qC') return 'QCp01.01'
    if (packet === (this.multiprocess ? 'D;01' : 'D')) {
      this.running = true
      return 'OK'
    }
    const monitor = /^qRcmd,(.*)$/.exec(packet)?.[1]
    if (monitor) return [`O${hex(this.monitor(Buffer.from(monitor, 'hex').toString()))}`, 'OK']
    const [, op, at = '', count = '', data = ''] =
      /^([mM])([0-9a-f]+),([0-9a-f]+):?([0-9a-f]*)$/.exec(packet) ?? []
    if (op === undefined) return packet.startsWith('D') ? 'E22' : ''
    if (!this.physical) throw new Error('an access of a virtual address')
    return this.#access(op, Number.parseInt(at, 16), Number.parseInt(count, 16), data)
  }

  monitor(line: string): string {
    if (line === 'info status') return `${this.status}\r\n`
    if (line === 'info version') return `${this.version}\r\n`
    const [, unit, of, at = ''] = /^(?:xp \/1([bhwg])x|(gpa2hva)) 0x([0-9a-f]+)$/.exec(line) ?? []
    const address = Number.parseInt(at, 16)
    if (of) {
      return this.#has(address)
        ? `Host virtual address for 0x${at} (ram) is 0x7f0000000000\r\n`
        : `No memory is mapped at address 0x${at}\r\n`
    }
    const bytes = UNITS[unit as keyof typeof UNITS]
    if (bytes === undefined) return `unknown command: '${line}'\r\n`
    const shown = `${at.padStart(16, '0')}: `
    if (!this.#has(address)) return `${shown}Cannot access memory\r\n`
    const value = [...this.memory.subarray(address - this.base, address - this.base + bytes)]
    return `${shown}0x${Buffer.from(value.reverse()).toString('hex')}\r\n`
  }

  #has(address: number): boolean {
    return address >= this.base && address < this.base + this.memory.length
  }

  #access(op: string, address: number, count: number, data: string): Reply {
    const at = address - this.base
    if (op === 'm') {
      return (
        this.#has(address) ? this.memory.subarray(at, at + count) : Buffer.alloc(count)
      ).toString('hex')
    }
    if (this.#has(address)) this.memory.set(Buffer.from(data, 'hex'), at)
    return 'OK'
  }
}
