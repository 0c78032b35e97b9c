import { describe, expect, it } from 'vitest'
import { PhysmemError } from '../base/errors.ts'
import { TestFolder } from '../cli/testing/files.ts'
import { openSim } from '../memory/sim/index.ts'
import { connect } from './connect.ts'

async function described() {
  const sim = await openSim('', { record: true })
  const machine = await connect(sim)
  return { sim, board: await machine.describe({ board: 'none' }) }
}

const said = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'nothing was thrown',
    (error: unknown) => {
      if (error instanceof PhysmemError) return `${error.code} ${error.message}`
      throw error
    },
  )

describe('machine.describe()', () => {
  it('reads a register once, with its fields', async () => {
    const { sim, board } = await described()
    const { value, fields } = await board.read('uart0.FR')
    expect(value).toBe(0x90)
    expect(fields.TXFE).toEqual({ value: 1, name: 'empty' })
    expect(fields.BUSY).toEqual({ value: 0 })
    expect(sim.board.accesses).toHaveLength(1)
  })

  it('changes fields by one load and one store, and spares the neighbours', async () => {
    const { sim, board } = await described()
    await board.update('demo.CONTROL', { MODE: 'Fast' })
    await board.update('uart0.CR', { UARTEN: true, TXE: 0 })
    await board.write('demo.SCRATCH', 7)
    expect(sim.board.accesses.map(({ direction, value }) => [direction, value])).toEqual([
      ...[
        ['read', 0],
        ['write', 0x20],
        ['read', 0x300],
        ['write', 0x201],
        ['write', 7],
      ],
    ])
  })

  it('refuses names with what was meant, and accesses nothing', async () => {
    const { sim, board } = await described()
    expect(await said(board.update('uart0.CR', { UARTEM: 1 }))).toBe(
      'ENOPLACE there is no field "UARTEM" in uart0.CR, did you mean UARTEN?',
    )
    expect(await said(board.update('demo.CONTROL', { MODE: 'Fsat' }))).toBe(
      'EVALUE there is no value "Fsat" of demo.CONTROL:MODE, did you mean Fast?',
    )
    expect(await said(board.update('demo.CONTROL', { MODE: 8 }))).toBe(
      'EVALUE demo.CONTROL:MODE: 0x8 does not fit in bits 6:4 (largest: 0x7)',
    )
    expect(await said(board.read('demo'))).toBe(
      'EUSAGE demo is 16 registers: name one, such as demo.ID',
    )
    expect(await said(board.read('demo.COMMAND'))).toBe(
      'EUSAGE demo.COMMAND is write-only: it cannot be read',
    )
    expect(await said(board.write('demo.ID', 1))).toBe('EUSAGE demo.ID is read-only')
    expect(await said(board.read('uart0.FR:TXFE'))).toBe(
      'EUSAGE uart0.FR:TXFE: name the register alone, as uart0.FR; its fields are in what is read',
    )
    expect(sim.board.accesses).toEqual([])
  })

  it('names the register whose access fails', async () => {
    const { board } = await described()
    const why = 'failed: demo.BROKEN answers every access with a bus error'
    expect(await said(board.read('demo.BROKEN'))).toBe(
      `EFAULT_BUS demo.BROKEN: 32-bit read at 0x1000003c (sim:) ${why}`,
    )
    expect(await said(board.write('demo.BROKEN', 1))).toBe(
      `EFAULT_BUS demo.BROKEN: 32-bit write at 0x1000003c (sim:) ${why}`,
    )
  })

  it('reads a register that a read clears, as it is named alone', async () => {
    const { board } = await described()
    expect((await board.read('demo.EVENTS')).value).toBe(1)
    expect((await board.read('demo.EVENTS')).value).toBe(0)
  })

  it('takes a negative value of a register as a memory does, and of a field as the command does', async () => {
    const { sim, board } = await described()
    await board.write('demo.SCRATCH', ~0xf)
    expect(sim.board.peek('demo.SCRATCH')).toBe(0xffff_fff0n)
    expect(await said(board.write('demo.SCRATCH', -(2 ** 31) - 1))).toBe(
      'EVALUE demo.SCRATCH: the value -2147483649 does not fit in 32 bits',
    )
    await board.update('demo.CONTROL', { MODE: -3 })
    expect(sim.board.peek('demo.CONTROL')).toBe(0x50n)
    await board.update('demo.CONTROL', { MODE: -4n })
    expect(sim.board.peek('demo.CONTROL')).toBe(0x40n)
    for (const value of [-5, -5n]) {
      expect(await said(board.update('demo.CONTROL', { MODE: value }))).toBe(
        'EVALUE demo.CONTROL:MODE: -0x5 does not fit in bits 6:4 (smallest: -0x4)',
      )
    }
    expect(await said(board.update('demo.CONTROL', { MODE: -1.5 }))).toBe(
      'EVALUE demo.CONTROL:MODE: -1.5 is not an exact value: expected a whole number',
    )
  })

  it('says of a refused value of what, where and how wide that is, and what a program gives instead', async () => {
    const { board } = await described()
    const at = { place: '0x10000020', address: 0x1000_0020, width: 32 }
    await expect(board.update('demo.CONTROL', { MODE: 9n })).rejects.toMatchObject({
      data: { ...at, value: 9n, input: '0x9' },
    })
    await expect(board.write('demo.CONTROL', 2 ** 32)).rejects.toMatchObject({
      data: { ...at, value: 2 ** 32 },
    })
    await expect(board.write('demo.ID', 1)).rejects.toMatchObject({
      data: { cure: 'give { force: true } to do it anyway' },
    })
  })

  it('refuses values that are none, and writes nothing', async () => {
    const { sim, board } = await described()
    const any = (given: unknown) => given as never
    expect(await said(board.write('demo.SCRATCH', any('')))).toBe(
      'EUSAGE value: expected a number or a bigint, not ""',
    )
    expect(await said(board.write('demo.SCRATCH', any(true)))).toBe(
      'EUSAGE value: expected a number or a bigint, not true',
    )
    expect(await said(board.update('demo.CONTROL', { MODE: any(undefined) }))).toBe(
      'EUSAGE undefined is not a value of demo.CONTROL:MODE: expected a number or the name of a value',
    )
    expect(await said(board.update('demo.CONTROL', { MODE: true }))).toBe(
      'EUSAGE true is not a value of demo.CONTROL:MODE: expected a number or the name of a value',
    )
    expect(await said(board.update('demo.CONTROL', { START: any(null) }))).toBe(
      'EUSAGE null is not a value of demo.CONTROL:START: expected a number, a boolean or the name of a value',
    )
    expect(await said(board.update('demo.CONTROL', any(null)))).toBe(
      'EUSAGE fields: expected an object of fields, not null',
    )
    const misspelt = any({ forced: true })
    expect(await said(board.update('demo.CONTROL', { MODE: 1 }, misspelt))).toBe(
      'EUSAGE update has no option forced: did you mean force?',
    )
    expect(sim.board.accesses).toEqual([])
  })
})

describe('the target of a board file', () => {
  it('is no target of connect(), and describes no other machine', async () => {
    const folder = new TestFolder()
    const found = folder.file('physmem.yaml', 'target: ssh://board\n')
    const before = process.cwd
    process.cwd = () => folder.path
    try {
      await using machine = await connect('sim:')
      const memory = await machine.open()
      expect(await memory.read32(0x10000000)).toBe(0x50484d31)
      expect(await said(machine.describe())).toBe(
        `EUSAGE ${found} is for the target "ssh://board", but this is "sim:"`,
      )
      expect(await said(machine.describe({ board: 'none' }))).toBe('nothing was thrown')
    } finally {
      process.cwd = before
    }
  })
})
