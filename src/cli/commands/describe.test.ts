import { describe, expect, it } from 'vitest'
import { TestFolder } from '../testing/files.ts'
import { printed, run } from '../testing/run.ts'
import { accessesOf, recordedSim } from '../testing/sim.ts'

describe('describe', () => {
  it('draws rows of fewer bits where a terminal has no room for 16', async () => {
    const line = 'describe uart0.FR -t sim:'
    const pictures = async (columns: number) => {
      const { out } = await run(line, { terminal: true, columns })
      return out.split('\n').filter((row) => row.startsWith('  |'))
    }
    const wide = [
      '  |       |',
      '  |      | RI | TXFE | RXFF | TXFF | RXFE | BUSY | DCD | DSR | CTS |',
    ]
    expect(await pictures(68)).toEqual(wide)
    const rows = await pictures(67)
    expect(rows.slice(2)).toEqual([
      '  |      | RI |',
      '  | TXFE | RXFF | TXFF | RXFE | BUSY | DCD | DSR | CTS |',
    ])
    expect((await pictures(40)).slice(-2)).toEqual([
      '  | TXFE | RXFF | TXFF | RXFE |',
      '  | BUSY | DCD | DSR | CTS |',
    ])
    const piped = await run(line, { columns: 40 })
    expect(piped.out.split('\n').filter((row) => row.startsWith('  |'))).toEqual(wide)
  })

  it('says what a description says, and accesses nothing', async () => {
    const memory = await recordedSim()
    expect(await run('describe demo.INT_STATUS -t sim:', { memory })).toEqual(
      printed(
        'demo.INT_STATUS  Interrupts; bit 0 when the work is done',
        '  address  0x10000010 (demo + 0x10)',
        '  access   read-write, 32 bits',
        '  read     has no effect',
        '  write    writing a 1 clears it',
        '  from     sim:',
        '',
        '    31:16',
        '  +-------+',
        '  |       |',
        '  +-------+',
        '    15:4   3:1    0',
        '  +------+------+------+',
        '  |      | SOFT | DONE |',
        '  +------+------+------+',
        '',
        '  SOFT  3:1  Set by INT_FORCE alone',
        '  DONE  0    The work is done',
      ),
    )
    expect(accessesOf(memory)).toEqual([])
  })

  it('shows a field alone', async () => {
    expect(await run('describe demo.CONTROL:START uart0.FR:TXFE -t sim:')).toEqual(
      printed(
        'demo.CONTROL:START  Starts the work',
        '  bits    7 of demo.CONTROL, at 0x10000020',
        '  access  read-write, 1 of 32 bits',
        '  read    has no effect',
        '  write   writing a 1 sets it',
        '  values  read: 0 idle, 1 running',
        '          write: 1 start',
        'uart0.FR:TXFE  Transmit FIFO empty',
        '  bits    7 of uart0.FR, at 0x09000018',
        '  access  read-only, 1 of 32 bits',
        '  reset   1',
        '  read    has no effect',
        '  values  0 filled, 1 empty',
      ),
    )
    expect((await run('describe uart0.FR:TXFE -q -t sim:')).out).toBe('uart0.FR:TXFE\n')
    const { out } = await run('describe uart0.FR:TXFE --json -t sim:')
    expect(JSON.parse(out).registers).toMatchObject([{ name: 'uart0.FR', fields: [{ bits: '7' }] }])
  })

  it('shows only resets of a field that are known', async () => {
    const text =
      'blocks: { A: { base: 0, registers: { R: { offset: 0, reset: 0x30, reset-mask: 0xf0, fields: { HIGH: { bits: "7:4" }, LOW: { bits: "3:2" } } } } } }'
    const file = new TestFolder().file('chip.yaml', text)
    const said = async (name: string) => (await run(`describe A.R:${name} --chip ${file}`)).out
    expect(await said('HIGH')).toContain('\n  reset   0x3\n')
    expect(await said('LOW')).not.toContain('reset')
  })

  it('refuses a field or bits that the register has not', async () => {
    const said = async (name: string) => (await run(`describe ${name} -t sim:`)).err
    expect(await said('uart0.FR:TXFF')).toBe('')
    expect(await said('uart0.FR:TXFX')).toBe(
      'physmem: there is no field "TXFX" in uart0.FR, did you mean TXFF?\n',
    )
    expect(await said('uart0.FR:40')).toBe(
      'physmem: bit 40 does not exist: uart0.FR has bits 0 to 31\n',
    )
  })

  it('says that nothing has a name, and asks for no place', async () => {
    expect(await run('describe nope -t sim:')).toEqual({
      code: 2,
      out: '',
      err: 'physmem: nothing here is named "nope"\n  hint: physmem --target sim: chips shows the names\n',
    })
  })

  it('says where the effect of a read is not known', async () => {
    const folder = new TestFolder()
    const text =
      'blocks: { UART: { base: 0, registers: { CR: 0, DR: { offset: 4, fields: { A: { bits: 0, on-read: clear } } }, TX: { offset: 8, access: write-only } } } }'
    const file = folder.file('chip.yaml', text)
    const rowOf = async (name: string) => {
      const { out } = await run(`describe UART.${name} --chip ${file}`)
      return out.split('\n').find((line) => /^ {2}read /.test(line))
    }
    expect(await rowOf('CR')).toBe('  read     not known')
    expect(await rowOf('DR')).toBe('  read     reading clears A')
    expect(await rowOf('TX')).toBeUndefined()
  })

  it('lists the registers of a block', async () => {
    expect(await run('describe gpio.D* -t sim:')).toEqual(
      printed('gpio.DIR  0x09030004  32 bits  read-write  1 for output'),
    )
    const { out } = await run('describe demo.CONTROL --json -t sim:')
    expect(JSON.parse(out).registers[0]).toMatchObject({
      ...{ name: 'demo.CONTROL', place: '0x10000020', address: 0x1000_0020 },
      ...{ width: 32, description: 'sim:' },
    })
  })
})

describe('chips', () => {
  it('says what is described by which file', async () => {
    const folder = new TestFolder()
    const file = folder.file('chip.yaml', 'blocks: { UART: { base: 0, registers: { DR: 0 } } }')
    expect(await run(`chips -t sim: --chip ${file}`)).toEqual(
      printed(
        `chip (${file})  1 block: UART`,
        'demo (sim:)  5 blocks: uart0, rtc, gpio, demo, hpet',
      ),
    )
    const { out } = await run(`chips --json --chip ${file} -t sim:`)
    expect(JSON.parse(out).descriptions[0]).toEqual({ from: file, chip: 'chip', blocks: ['UART'] })
  })

  it('names blocks that repeat by their first and last element', async () => {
    const block = (name: string, more: string) =>
      `"${name}": { base: 0, size: 16, stride: 16, ${more}, registers: { A: 0 } }`
    const blocks = [
      block('SMHC[%s]', 'count: 3'),
      block('TIM%s', 'names: [A, C]'),
      block('ONE[%s]', 'count: 1'),
    ]
    const file = new TestFolder().file('chip.yaml', `blocks: { ${blocks.join(', ')} }`)
    const { out } = await run(`chips -t sim: --chip ${file}`)
    expect(out).toContain(`chip (${file})  3 blocks: SMHC[0..2], TIMA..TIMC, ONE[0]\n`)
    const quiet = await run(`chips -q -t sim: --chip ${file}`)
    expect(quiet.out.split('\n').slice(0, 3)).toEqual(['SMHC[0..2]', 'TIMA..TIMC', 'ONE[0]'])
  })
})

describe('a board file', () => {
  it('names the chip, and puts blocks somewhere', async () => {
    const folder = new TestFolder()
    folder.file('kind.yaml', 'blocks: { K: { registers: { ID: 0, FIFO: 0x28 } } }')
    const board = folder.file('b.yaml', 'blocks: { mine: { is: ./kind.yaml, at: 0x10000000 } }')
    expect(await run(`read mine.ID -t sim: --board ${board}`)).toEqual(
      printed('mine.ID  0x50484d31'),
    )
    const { err, out } = await run('read mine -t sim: -v', { env: { PHYSMEM_BOARD: board } })
    expect(out).toBe('mine.ID  0x50484d31\n')
    expect(err).toContain(`physmem: board file: ${board} (PHYSMEM_BOARD)\n`)
    expect(err).toContain(
      'physmem: 1 register was not read: mine.FIFO (by its name, reading may take data, and its description does not mention it)\n',
    )
  })

  it('is of one target', async () => {
    const folder = new TestFolder()
    const board = folder.file('b.yaml', "target: 'sim:other.yaml'")
    expect(await run(`read demo.ID -t sim: --board ${board}`)).toEqual({
      ...{ code: 2, out: '' },
      err: `physmem: ${board} is for the target "sim:other.yaml", but this is "sim:"\n  hint: give --target sim:${folder.path}/other.yaml, or another board file, or --board none\n`,
    })
  })

  it('describes a dump', async () => {
    const folder = new TestFolder()
    const kind = folder.file(
      'kind.yaml',
      'blocks: { K: { registers: { A: 0, B: { offset: 4, width: 16 } } } }',
    )
    const dump = folder.file('dump.bin', Uint8Array.of(0, 0, 1, 2, 3, 4, 5, 6))
    expect(await run(['read', `${kind}@file:${dump}+2.B`])).toMatchObject({ code: 0 })
    expect(await run(['read', `${kind}@file:${dump}+0`])).toEqual(
      printed(`${kind}@file:${dump}+0.A  0x02010000`, `${kind}@file:${dump}+0.B  0x0403`),
    )
  })
})
