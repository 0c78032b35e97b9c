/**
 * The peripherals of QEMU's arm64 board, by /dev/mem: what is written to the serial port's data
 * register comes out of the serial port, and QEMU records every access that a device sees.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { labTitle, labUnavailable } from '../../machine/available.ts'
import { type Machine, startMachine } from '../../machine/machine.ts'
import { failed, physmem, physmemJson, printed } from '../../machine/physmem.ts'
import { guestProgram } from '../../supply/guest-program.ts'

const hex = (value: number, digits: number): string =>
  `0x${value.toString(16).padStart(digits, '0')}`

/** The assignments that put each letter into the data register. */
const letters = (sentence: string): string =>
  [...Buffer.from(sentence)].map((byte) => `0x09000000=${hex(byte, 2)}`).join(' ')

const relaxed = labUnavailable('aarch64', '6.1')
describe.skipIf(relaxed)(labTitle('the arm64 board with iomem=relaxed', relaxed), () => {
  let machine: Machine
  let speak: string

  /** The accesses that a device saw while `work` went on. */
  async function traced(device: string, work: () => Promise<unknown>): Promise<string[]> {
    const lines = await machine.traced(work)
    return lines.filter((line) => line.startsWith(`${device}_`))
  }

  beforeAll(async () => {
    const program = await guestProgram('speak')
    speak = program.command
    machine = await startMachine({
      arch: 'aarch64',
      append: 'iomem=relaxed',
      traces: ['pl011_read', 'pl011_write', 'pl031_read', 'pl061_read', 'pl061_write'],
      files: [program.entry],
    })
  })

  afterAll(() => machine?.stop())

  it('says a sentence that was written letter by letter, with one store each', async () => {
    const sentence = 'physmem was here\r\n'
    const trace = await traced('pl011', async () => {
      const written = await physmem(machine, `write ${letters(sentence)} --width 8`)
      expect(written).toEqual(printed())
      await machine.waitForConsole(sentence)
    })
    expect(trace).toEqual(
      [...Buffer.from(sentence)].map((byte) => `pl011_write addr 0x00000000 value ${hex(byte, 8)}`),
    )
  })

  it('says a sentence for a program that uses a window', async () => {
    const sentence = 'and so was a window of the library'
    const trace = await traced('pl011', async () => {
      const { stderr } = await machine.exec(`${speak} 0x09000000 '${sentence}'`)
      expect(stderr).toBe('')
      await machine.waitForConsole(`${sentence}\r\n`)
    })
    const look = 'pl011_read addr 0x00000018 value 0x00000090'
    expect(trace).toEqual(
      [...Buffer.from(`${sentence}\r\n`)].flatMap((byte) => [
        look,
        `pl011_write addr 0x00000000 value ${hex(byte, 8)}`,
      ]),
    )
  })

  it('has a serial port with its flags and identification, read once each', async () => {
    const trace = await traced('pl011', async () => {
      expect(await physmem(machine, 'read 0x09000fe0..+32 0x09000018:7 0x09000018:5:4')).toEqual(
        printed(
          '0x09000fe0      0x00000011',
          '0x09000fe4      0x00000010',
          '0x09000fe8      0x00000014',
          '0x09000fec      0x00000000',
          '0x09000ff0      0x0000000d',
          '0x09000ff4      0x000000f0',
          '0x09000ff8      0x00000005',
          '0x09000ffc      0x000000b1',
          '0x09000018:7    0x1         in 0x00000090',
          '0x09000018:5:4  0x1         in 0x00000090',
        ),
      )
    })
    const ids = [0x11, 0x10, 0x14, 0x00, 0x0d, 0xf0, 0x05, 0xb1]
    expect(trace).toEqual([
      ...ids.map((id, index) => `pl011_read addr ${hex(0xfe0 + 4 * index, 8)} value ${hex(id, 8)}`),
      'pl011_read addr 0x00000018 value 0x00000090',
      'pl011_read addr 0x00000018 value 0x00000090',
    ])
  })

  it('has a GPIO block, of which one line is driven with one store', async () => {
    // Arm PrimeCell GPIO (PL061), DDI 0190: bits 9:2 of the address select the lines.
    const [direction, lines01] = ['0x09030400', '0x0903000c']
    const trace = await traced('pl061', async () => {
      const written = await physmem(machine, `write ${direction}:1:0=3 ${lines01}=0xfe`)
      expect(written).toEqual(
        printed(`${direction}:1:0  read 0x0, wrote 0x3  in 0x00000000, 0x00000003`),
      )
    })
    expect(trace.map((line) => line.replace(/ .* offset/, ''))).toEqual([
      'pl061_read 0x400 value 0x0',
      'pl061_write 0x400 value 0x3',
      'pl061_write 0xc value 0xfe',
    ])
    const read = await physmem(machine, `read ${lines01} 0x09030fe0 --width 8 --quiet`)
    expect(read).toEqual(printed('0x02', '0x61'))
    expect(await machine.xp(0x0903000c, 32)).toEqual([0x02])
  })

  it('has a clock that shows the time', async () => {
    const trace = await traced('pl031', async () => {
      const read = await physmem(machine, 'read 0x09010000 --base dec --quiet')
      expect(Math.abs(Number(read.stdout) - Date.now() / 1000)).toBeLessThan(30)
    })
    expect(trace.length).toBe(1)
  })
})

const strict = labUnavailable('aarch64', '6.12')
describe.skipIf(strict)(labTitle('the arm64 board without iomem=relaxed', strict), () => {
  let machine: Machine

  beforeAll(async () => {
    machine = await startMachine({ arch: 'aarch64', series: '6.12', traces: ['pl011_write'] })
  })

  afterAll(() => machine?.stop())

  it('refuses its serial port, which a driver claims: nothing is written', async () => {
    const trace = await machine.traced(async () => {
      const command = `write ${letters('no')} --width 8`
      const { document, stderr, exitCode } = await physmemJson(machine, command)
      expect(document.error?.code).toBe('EREFUSED_BUSY')
      expect({ stdout: '', stderr, exitCode }).toEqual(
        failed(
          1,
          'physmem: 0x09000000 (/dev/mem) cannot be mapped: "9000000.pl011 pl011@9000000" claims it, and CONFIG_IO_STRICT_DEVMEM protects claimed regions (EPERM)',
          '  done: made 0 of 2 assignments; not made: 0x09000000=0x6e, 0x09000000=0x6f',
          '  cure: unbind it: echo 9000000.pl011 > /sys/bus/amba/drivers/uart-pl011/unbind, or boot with iomem=relaxed',
        ),
      )
    })
    expect(trace).toEqual([])
  })
})
