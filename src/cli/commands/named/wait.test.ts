import { describe, expect, it } from 'vitest'
import { run } from '../../testing/run.ts'
import { accessesOf, recordedSim } from '../../testing/sim.ts'

async function on(line: string) {
  const memory = await recordedSim()
  const ran = await run(`--target sim: ${line}`, { memory })
  return { ...ran, accesses: accessesOf(memory) }
}

const steady = (text: string) => text.replace(/after [\d.]+ \w+/g, 'after TIME')

describe('wait by name', () => {
  it('looks for a value by its name', async () => {
    const { code, out, accesses } = await on('wait uart0.FR:TXFE=empty')
    expect({ code, out: steady(out) }).toEqual({
      ...{ code: 0, out: 'uart0.FR:TXFE  1 (empty)  in 0x00000090  after TIME\n' },
    })
    expect(accesses).toEqual(['r32 0x9000018'])
  })

  it('says what it was when the time is up', async () => {
    const { code, err } = await on('wait uart0.FR:TXFE=filled --timeout 0us')
    expect({ code, err }).toEqual({
      code: 3,
      err: 'physmem: uart0.FR:TXFE is 1 (empty) in 0x00000090, expected 0 (filled): looked once\n',
    })
  })

  it('has names and places in one column, and values in the base that was asked for', async () => {
    const line = 'wait uart0.FR:TXFE=1 0x10000000=0x50484d31 demo.VERSION:31:16=1'
    expect(steady((await on(line)).out)).toBe(
      'uart0.FR:TXFE       1 (empty)   in 0x00000090  after TIME\n' +
        '0x10000000          0x50484d31  after TIME\n' +
        'demo.VERSION:31:16  0x0001      in 0x00010002  after TIME\n',
    )
    expect((await on(`${line} --quiet`)).out).toBe('1\n0x50484d31\n0x0001\n')
    const unmet = 'wait uart0.FR:TXFE=0 0x10000000=1 demo.VERSION:31:16=2 --timeout 0 --base dec'
    expect((await on(unmet)).err).toBe(
      'physmem: uart0.FR:TXFE is 1 (empty) in 144, expected 0 (filled): looked once\n' +
        'physmem: 0x10000000 is 1346915633, expected 1: looked once\n' +
        'physmem: demo.VERSION:31:16 is 1 in 65538, expected 2: looked once\n',
    )
  })

  it('looks for several, also of places, in one look', async () => {
    const { code, accesses } = await on(
      'wait uart0.FR:TXFE=1 uart0.FR:BUSY=0 0x10000000=0x50484d31',
    )
    expect(code).toBe(0)
    expect(accesses).toEqual(['r32 0x9000018', 'r32 0x10000000'])
  })

  it('warns where each look has an effect', async () => {
    const { err } = await on('wait demo.EVENTS:POWER_ON=1')
    expect(err).toBe('physmem: demo.EVENTS: reading clears it\n')
  })

  it('has the register in its document', async () => {
    const { out } = await on('wait uart0.FR:TXFE=empty --json')
    expect(JSON.parse(out)).toMatchObject({
      met: true,
      conditions: [
        { condition: 'uart0.FR:TXFE=empty', met: true, register: 'uart0.FR:TXFE', field: 1 },
      ],
    })
  })

  it.each([
    ['wait demo.COMMAND=1', 'demo.COMMAND is write-only: it cannot be waited for'],
    ['wait uart0.FR:TXFE=emty', 'there is no value "emty" of uart0.FR:TXFE, did you mean empty?'],
    ['wait uart0.FR:TXFE>1', 'no value in bit 7 is > 0x1: the condition would never be true'],
    ['wait uart0.FR<0', 'no value in 32 bits is < 0x0: the condition would never be true'],
    [
      'wait uart0.FR=0 0x10000000<0',
      'no value in 32 bits is < 0x0: the condition would never be true',
    ],
    ['wait uart0=1', 'uart0 is 15 registers: name one, such as uart0.DR'],
  ])('%s is refused before anything is accessed', async (line, message) => {
    const { code, err, accesses } = await on(line)
    expect({ code, err }).toEqual({ code: 2, err: `physmem: ${message}\n` })
    expect(accesses).toEqual([])
  })
})

describe('watch by name', () => {
  it('shows a change with the fields that changed', async () => {
    const memory = await recordedSim()
    const line = '--target sim: watch demo.STATUS uart0.FR:TXFE --interval 10ms --count 2'
    let looks = 0
    const { out } = await run(line, {
      memory,
      onPrint: () => {
        if (looks++ === 0) memory.board.poke('demo.FIFO', 5)
      },
    })
    const lines = out.replace(/^\S+Z {2}/gm, '').split('\n')
    expect(lines.slice(0, 2)).toEqual([
      'demo.STATUS    0x00000004',
      'uart0.FR:TXFE  1 (empty)  in 0x00000090',
    ])
  })

  it('leaves out of a block what a look would change', async () => {
    const { err, accesses } = await on('watch demo.E* --count 1 --quiet')
    expect(accesses).toEqual(['r32 0x1000002c'])
    expect(err).toBe('')
    expect((await on('watch demo.E* --count 1')).err).toBe(
      'physmem: 1 register was not read: demo.EVENTS (reading clears it)\n',
    )
  })
})
