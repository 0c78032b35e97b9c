/**
 * I/O ports of a PC: the clock's CMOS by bytes, the PCI configuration port by 32 bits. What reached
 * the devices QEMU's trace tells: memory_region_ops shows the size of each access.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { labTitle, labUnavailable } from '../../machine/available.ts'
import { type Machine, startMachine } from '../../machine/machine.ts'
import { failed, physmem, physmemJson, printed } from '../../machine/physmem.ts'

const reason = labUnavailable('x86_64', '6.1')

describe.skipIf(reason)(labTitle('I/O ports', reason), () => {
  let machine: Machine

  beforeAll(async () => {
    machine = await startMachine({
      arch: 'x86_64',
      traces: ['memory_region_ops_read', 'memory_region_ops_write'],
      devices: ['-device', 'isa-debugcon,iobase=0x402,chardev=debug', '-chardev', 'null,id=debug'],
    })
  })

  afterAll(() => machine?.stop())

  /** The accesses of these ports since the last call: `read 0x71 1`. */
  let seen = 0
  async function traced(ports: readonly number[]): Promise<string[]> {
    await machine.settled()
    const lines = machine.trace.slice(seen)
    seen += lines.length
    return lines.flatMap((line) => {
      const found =
        /memory_region_ops_(read|write) .* addr 0x([0-9a-f]+) value 0x([0-9a-f]+) size (\d)/.exec(
          line,
        )
      const [, direction, address = '', , size] = found ?? []
      const port = Number.parseInt(address, 16)
      return ports.includes(port) ? [`${direction} 0x${address} ${size}`] : []
    })
  }

  it('reads the clock through its index and data ports, a byte each', async () => {
    // Register 0x0a of the clock: divider 010 (32768 Hz), rate 0110 (MC146818 data sheet).
    await traced([])
    const read = await physmem(machine, 'write port:0x70=0x0a -w 8')
    expect(read).toEqual(printed())
    expect(await physmem(machine, 'read port:0x71 -w 8')).toEqual(printed('port:0x71  0x26'))
    expect(await traced([0x70, 0x71])).toEqual(['write 0x70 1', 'read 0x71 1'])
  })

  it('reads the configuration of the host bridge by 32 bits: 8086:29c0', async () => {
    await traced([])
    expect(await physmem(machine, 'write port:0xcf8=0x80000000')).toEqual(printed())
    expect(await physmem(machine, 'read port:0xcfc -q')).toEqual(printed('0x29c08086'))
    expect(await physmem(machine, 'read port:0xcfc port:0xcfe -w 16 -q')).toEqual(
      printed('0x8086', '0x29c0'),
    )
    expect(await traced([0xcf8, 0xcfc, 0xcfe])).toEqual([
      'write 0xcf8 4',
      'read 0xcfc 4',
      'read 0xcfc 2',
      'read 0xcfe 2',
    ])
  })

  it('reads a byte without /dev/port, by one instruction', async () => {
    await machine.exec('mv /dev/port /dev/port.away')
    // isa-debugcon answers every read with 0xe9.
    await traced([])
    expect(await physmem(machine, 'read port:0x402 -w 8 -q')).toEqual(printed('0xe9'))
    expect(await traced([0x402])).toEqual(['read 0x402 1'])
    await machine.exec('mv /dev/port.away /dev/port')
    expect(await physmem(machine, 'read port:0x402 -w 8 -q')).toEqual(printed('0xe9'))
    expect(await traced([0x402])).toEqual(['read 0x402 1'])
  })

  it('touches no range unless that is asked for', async () => {
    await traced([])
    const { document, exitCode } = await physmemJson(machine, 'dump port:0x60..+8 -w 8')
    expect([exitCode, document.error?.code]).toEqual([2, 'EUSAGE'])
    expect(await traced([0x60, 0x61, 0x62, 0x63, 0x64])).toEqual([])
    const asked = await physmem(machine, 'read port:0x402..+1 -w 8 -q --act-on-ports')
    expect(asked).toEqual(printed('0xe9'))
    const fixed = await physmem(machine, 'read port:0x402 -n 3 --fixed -w 8 -q')
    expect(fixed).toEqual(printed('0xe9', '0xe9', '0xe9'))
    expect(await traced([0x402])).toHaveLength(4)
  })
})

describe.skipIf(reason)(labTitle('I/O ports of a kernel that is locked down', reason), () => {
  it('are refused, bytes and words', async () => {
    await using machine = await startMachine({ arch: 'x86_64', append: 'lockdown=integrity' })
    const why = 'the kernel is locked down (integrity), as its command line asks (EPERM)'
    const cure = '  cure: boot without lockdown='
    expect(await physmem(machine, 'read port:0x71 -w 8')).toEqual(
      failed(1, `physmem: the 8-bit port 0x71 cannot be reached: ${why}`, cure),
    )
    expect(await physmem(machine, 'read port:0xcf8')).toEqual(
      failed(1, `physmem: the 32-bit port 0xcf8 cannot be reached: ioperm: ${why}`, cure),
    )
  })
})
