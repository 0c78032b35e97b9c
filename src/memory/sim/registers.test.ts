import { describe, expect, it } from 'vitest'
import { refused } from '../../text/testing/refused.ts'
import { VirtualClock } from '../clock.ts'
import { parseBoard } from './open.ts'
import { SimMemory } from './sim-memory.ts'

const BASE = 0x1000

/** A block with the given registers, one a line. */
async function boardWith(...registers: string[]) {
  const clock = new VirtualClock()
  const lines = registers.map((line) => `      ${line}`).join('\n')
  const memory = new SimMemory(
    await parseBoard(
      `name: test\nregions:\n  block:\n    kind: device\n    base: ${BASE}\n    size: 0x100\n    registers:\n${lines}`,
    ),
    { clock, record: true },
  )
  const read = (offset: number) => memory.read32(BASE + offset)
  const write = (offset: number, value: number) => memory.write32(BASE + offset, value)
  return { memory, board: memory.board, clock, read, write }
}

const fault = (message: string) => expect.objectContaining({ code: 'EFAULT_BUS', message })

describe('registers of the simulated board', () => {
  it('constant: reads as its value, ignores writes', async () => {
    const { read, write } = await boardWith('ID: { offset: 0, kind: constant, value: 0x1234 }')
    await write(0, 0)
    expect(await read(0)).toBe(0x1234)
  })

  it('read-write: keeps what is written to the writable bits', async () => {
    const { read, write } = await boardWith(
      'A: { offset: 0, kind: read-write, reset: 0x11 }',
      'B: { offset: 4, kind: read-write, reset: 0x80ff, writable: 0xf0 }',
    )
    expect([await read(0), await read(4)]).toEqual([0x11, 0x80ff])
    await write(0, 0xffff_ffff)
    await write(4, 0x0000_0035)
    expect([await read(0), await read(4)]).toEqual([0xffff_ffff, 0x803f])
  })

  it('read-only: changes from inside only', async () => {
    const { board, read, write } = await boardWith('A: { offset: 0, kind: read-only, reset: 5 }')
    await write(0, 1)
    expect(await read(0)).toBe(5)
    board.poke('block.A', 7)
    expect(await read(0)).toBe(7)
    board.poke('block.A', -1)
    expect(await read(0)).toBe(0xffff_ffff)
  })

  it.each([
    [2 ** 32, 'EVALUE the value 0x100000000 does not fit in 32 bits'],
    [1.5, 'EVALUE the value 1.5 is not a whole number'],
    ['1', 'EUSAGE a string is not a value: expected a number or a bigint'],
    [undefined, 'EUSAGE undefined is not a value: expected a number or a bigint'],
  ])('poke refuses %j, and changes nothing', async (value, message) => {
    const { board } = await boardWith('A: { offset: 0, kind: read-only, reset: 5 }')
    expect(refused(() => board.poke('block.A', value as number))).toBe(message)
    expect(board.peek('block.A')).toBe(5n)
  })

  it('write-only: keeps what is written, and does not show it', async () => {
    const { board, read, write } = await boardWith(
      'A: { offset: 0, kind: write-only }',
      'B: { offset: 4, kind: write-only, reads: 0xdead }',
    )
    await write(0, 3)
    await write(4, 4)
    expect([await read(0), await read(4)]).toEqual([0, 0xdead])
    expect([board.peek('block.A'), board.peek('block.B')]).toEqual([3n, 4n])
  })

  it('read-to-clear: a load takes the bits', async () => {
    const { board, read, write } = await boardWith(
      'A: { offset: 0, kind: read-to-clear, reset: 0x5 }',
      'B: { offset: 4, kind: read-to-clear, reset: 0xff, clears: 0x0f }',
    )
    await write(0, 0xff)
    expect(board.peek('block.A')).toBe(5n)
    expect([await read(0), await read(0)]).toEqual([5, 0])
    expect([await read(4), await read(4)]).toEqual([0xff, 0xf0])
    board.poke('block.A', 8)
    expect(await read(0)).toBe(8)
  })

  it('write-1-to-clear: a store clears the ones it writes, a load nothing', async () => {
    const { read, write } = await boardWith(
      'A: { offset: 0, kind: write-1-to-clear, reset: 0xff }',
      'B: { offset: 4, kind: write-1-to-clear, reset: 0xff, clears: 0x0f }',
    )
    await write(0, 0x81)
    await write(4, 0x81)
    expect([await read(0), await read(0), await read(4)]).toEqual([0x7e, 0x7e, 0xfe])
  })

  it('write-1-to-set: a store sets bits in another register', async () => {
    const { read, write } = await boardWith(
      'FLAGS: { offset: 0, kind: write-1-to-clear, reset: 0x1 }',
      'FORCE: { offset: 4, kind: write-1-to-set, of: FLAGS }',
    )
    await write(4, 0x6)
    expect([await read(0), await read(4)]).toEqual([7, 7])
  })

  it('fifo: stores push, loads pop, the rest is lost', async () => {
    const { memory, board, read, write } = await boardWith(
      'F: { offset: 0, kind: fifo, depth: 3, empty: 0xffff_ffff, contents: [9] }',
      'S: { offset: 4, kind: read-only, live: { 0: F.empty, 1: F.full, 15:8: F.level } }',
    )
    expect(await read(4)).toBe(0x100)
    await memory.writeBlock(BASE, 32, new Uint8Array(Uint32Array.of(1, 2, 3).buffer), 'fixed')
    expect(await read(4)).toBe(0x302)
    expect(board.peek('block.F')).toBe(9n)
    const bytes = await memory.readBlock(BASE, 32, 4, 'fixed')
    expect([...new Uint32Array(bytes.slice().buffer)]).toEqual([9, 1, 2, 0xffff_ffff])
    expect(await read(4)).toBe(0x001)
    board.poke('block.F', 4)
    await write(0, 5)
    expect([await read(0), await read(0)]).toEqual([4, 5])
  })

  it('fifo: an empty one may fault', async () => {
    const { read } = await boardWith('F: { offset: 0, kind: fifo, empty: fault }')
    await expect(read(0)).rejects.toEqual(
      fault('32-bit read at 0x00001000 (sim:test) failed: block.F is empty (bus error)'),
    )
  })

  it('self-clearing: the start bit reads as 1 until the work is done', async () => {
    const { memory, board, clock, read, write } = await boardWith(
      'C: { offset: 0, kind: self-clearing, writable: 0x7f, start: 7, busy: 20ms, raises: [I:0, E:3] }',
      'S: { offset: 4, kind: read-only, live: { 0: C.busy, 1: C.done } }',
      'I: { offset: 8, kind: write-1-to-clear }',
      'E: { offset: 12, kind: read-to-clear, reset: 1 }',
    )
    await write(0, 0x30)
    expect([await read(0), await read(4), await read(8)]).toEqual([0x30, 0, 0])
    await write(0, 0xb0)
    expect([await read(0), await read(4)]).toEqual([0xb0, 1])
    clock.advanceMs(19)
    await write(0, 0x81) // neither starts it again nor stops it
    expect(await read(0)).toBe(0x81)
    clock.advanceMs(1)
    expect([await read(0), await read(4), await read(8)]).toEqual([0x01, 2, 1])
    expect(board.peek('block.E')).toBe(9n)
    expect([await read(12), await read(12)]).toEqual([9, 0])
    await write(0, 0x80)
    expect(await read(4)).toBe(1)
    const { elapsedUs } = await memory.wait(BASE, 32, { mask: 0x80, equals: 0, timeoutMs: 50 })
    expect(elapsedUs).toBeGreaterThanOrEqual(20_000)
    expect(elapsedUs).toBeLessThan(21_000)
  })

  it('counter: counts the time, or its loads', async () => {
    const { board, clock, read, write } = await boardWith(
      'T: { offset: 0, kind: counter, rate: 1000, reset: 0xffff_ffff }',
      'N: { offset: 4, kind: counter, per-read: 2, width: 8, reset: 0xfc }',
    )
    expect(await read(0)).toBe(0xffff_ffff)
    clock.advanceMs(3)
    await write(0, 0)
    expect(await read(0)).toBe(2)
    board.poke('block.T', 100)
    clock.advanceMs(5)
    expect(await read(0)).toBe(105)
    expect([await read(4), await read(4), await read(4)]).toEqual([0xfc, 0xfe, 0])
    expect(board.peek('block.N')).toBe(2n)
  })

  it('console: prints what is stored, and gives what was typed', async () => {
    const { memory, board, read, write } = await boardWith(
      'D: { offset: 0, kind: console, empty: 0x100 }',
      'S: { offset: 4, kind: read-only, live: { 0: D.empty, 15:8: D.level } }',
    )
    for (const byte of Buffer.from('Grüße')) await write(0, byte)
    expect(board.text('block.D')).toBe('Grüße')
    expect([await read(0), await read(4)]).toEqual([0x100, 1])
    board.type('block.D', 'ok')
    expect([await read(4), await read(0), await read(0), await read(4)]).toEqual([
      0x200, 0x6f, 0x6b, 1,
    ])
    await memory.close()
  })

  it('fault: answers with a bus error', async () => {
    const { board, read, write } = await boardWith(
      'A: { offset: 0, kind: fault }',
      'R: { offset: 4, kind: fault, on: read }',
      'W: { offset: 8, kind: fault, on: write }',
    )
    const says = (what: string) => fault(`${what} with a bus error`)
    await expect(read(0)).rejects.toEqual(
      says('32-bit read at 0x00001000 (sim:test) failed: block.A answers every access'),
    )
    await expect(write(0, 1)).rejects.toMatchObject({ data: { direction: 'write' } })
    await expect(read(4)).rejects.toEqual(
      says('32-bit read at 0x00001004 (sim:test) failed: block.R answers reads'),
    )
    await write(4, 1)
    await expect(write(8, 1)).rejects.toEqual(
      says('32-bit write at 0x00001008 (sim:test) failed: block.W answers writes'),
    )
    expect(await read(8)).toBe(0)
    expect(board.accesses.filter(({ fault: failed }) => failed)).toHaveLength(4)
  })
})
