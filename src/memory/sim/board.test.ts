import { describe, expect, it } from 'vitest'
import { parseBoard } from './open.ts'
import { SimMemory } from './sim-memory.ts'

const board = await parseBoard(`
name: test
regions:
  rom: { kind: rom, base: 0, size: 64k, text: "hello", fill: 0xff }
  flash: { kind: rom, base: 64k, size: 64k, writes: ignore }
  ram: { kind: ram, base: 1M, size: 128k, fill: 0xa5 }
  words:
    kind: device
    base: 0x2000_0000
    size: 0x100
    registers:
      A: { offset: 0, kind: read-write, reset: 0x1122_3344 }
      BYTES: { offset: 4, kind: read-write, widths: [8] }
  lanes:
    kind: device
    base: 0x3000_0000
    size: 0x100
    widths: [8, 16, 32, 64]
    registers:
      A: { offset: 0, kind: read-write, reset: 0x1122_3344 }
      B: { offset: 4, kind: read-write, reset: 0x5566_7788 }
      EVENTS: { offset: 8, kind: read-to-clear, reset: 0xffff_ffff }
      FLAGS: { offset: 12, kind: write-1-to-clear, reset: 0xffff_ffff }
      SMALL: { offset: 0x11, width: 8, kind: read-write, reset: 0x42 }
      NEXT: { offset: 0x12, width: 16, kind: read-write, reset: 0x4344 }
      DATA: { offset: 0x18, kind: console }
  strict:
    kind: device
    base: 0x4000_0000
    size: 0x100
    holes: fault
    widths: [32, 64]
    registers:
      A: { offset: 0, kind: read-write }
  big:
    kind: device
    base: 0x5000_0000
    size: 0x100
    endian: big
    widths: [8, 16, 32, 64]
    registers:
      A: { offset: 0, kind: read-write, reset: 0x1122_3344 }
      B: { offset: 8, width: 64, kind: read-write, reset: 0x1122_3344_5566_7788 }
`)
const open = () => new SimMemory(board, { record: true })
const message = (text: string) => expect.objectContaining({ code: 'EFAULT_BUS', message: text })

describe('a simulated board', () => {
  it('has RAM and ROM with what they are filled with', async () => {
    const memory = open()
    expect(Buffer.from(await memory.readBlock(0, 8, 6)).toString('latin1')).toBe('hello\xff')
    expect(await memory.read64(0x8000)).toBe(0xffff_ffff_ffff_ffffn)
    expect(await memory.read64(2 ** 20)).toBe(0xa5a5_a5a5_a5a5_a5a5n)
    await memory.fill(2 ** 20, 64, (128 * 1024) / 8, 1)
    expect(await memory.read64(2 ** 20 + 128 * 1024 - 8)).toBe(1n)
  })

  it('faults on a write to ROM, or ignores it', async () => {
    const memory = open()
    await expect(memory.write8(0, 1)).rejects.toEqual(
      message('8-bit write at 0x00000000 (sim:test) failed: rom is read-only (bus error)'),
    )
    await memory.write8(0x1_0000, 1)
    expect(await memory.read8(0x1_0000)).toBe(0)
  })

  it('answers nothing where there is nothing', async () => {
    const memory = open()
    for (const address of [0x2_0000, 2 ** 20 - 8, 2 ** 20 + 128 * 1024, 2 ** 52 - 8]) {
      await expect(memory.read64(address)).rejects.toMatchObject({ code: 'EFAULT_BUS' })
    }
  })

  it('refuses widths that a block or a register does not answer, and touches nothing', async () => {
    const memory = open()
    await expect(memory.write8(0x2000_0000, 1)).rejects.toEqual(
      message(
        '8-bit write at 0x20000000 (sim:test) failed: words answers accesses of 32 bits only (bus error)',
      ),
    )
    await expect(memory.read32(0x2000_0004)).rejects.toEqual(
      message(
        '32-bit read at 0x20000004 (sim:test) failed: words.BYTES answers accesses of 8 bits only (bus error)',
      ),
    )
    expect(await memory.read32(0x2000_0000)).toBe(0x1122_3344)
  })

  it('lets narrow accesses reach their bytes of a register only', async () => {
    const memory = open()
    const at = 0x3000_0000
    expect(await memory.read8(at + 1)).toBe(0x33)
    await memory.write16(at + 2, 0xaabb)
    expect(await memory.read32(at)).toBe(0xaabb_3344)
    expect(await memory.read8(at + 9)).toBe(0xff)
    expect(await memory.read32(at + 8)).toBe(0xffff_00ff)
    await memory.write8(at + 13, 0xf0)
    expect(await memory.read32(at + 12)).toBe(0xffff_0fff)
    await memory.write8(at + 0x1b, 0x41) // not the byte that prints
    await memory.write8(at + 0x18, 0x42)
    expect(memory.board.text('lanes.DATA')).toBe('B')
  })

  it('lets a wide access reach every register under it once', async () => {
    const memory = open()
    const at = 0x3000_0000
    expect(await memory.read64(at)).toBe(0x5566_7788_1122_3344n)
    await memory.write64(at, 0x0102_0304_0506_0708n)
    expect([await memory.read32(at), await memory.read32(at + 4)]).toEqual([
      0x0506_0708, 0x0102_0304,
    ])
    expect(await memory.read32(at + 0x10)).toBe(0x4344_4200)
    expect(await memory.read64(at + 8)).toBe(0xffff_ffff_ffff_ffffn)
    expect(await memory.read64(at + 8)).toBe(0xffff_ffff_0000_0000n)
  })

  it('reads holes of a block as 0, or faults there', async () => {
    const memory = open()
    await memory.write32(0x3000_0080, 5)
    expect(await memory.read32(0x3000_0080)).toBe(0)
    await expect(memory.read64(0x4000_0000)).rejects.toEqual(
      message(
        '64-bit read at 0x40000000 (sim:test) failed: strict has no register there (bus error)',
      ),
    )
  })

  it('turns the bytes of a big-endian block round', async () => {
    const memory = open()
    const at = 0x5000_0000
    expect(await memory.read32(at)).toBe(0x4433_2211)
    expect(await memory.read8(at)).toBe(0x11)
    expect(await memory.read64(at + 8)).toBe(0x8877_6655_4433_2211n)
    await memory.write16(at + 2, 0xbbaa)
    expect(memory.board.peek('big.A')).toBe(0x1122_aabbn)
  })

  it('records every access when asked to, and none otherwise', async () => {
    const memory = open()
    await memory.update(0x2000_0000, 32, 0xff, 1)
    await memory.read64(2 ** 20)
    await memory.read32(0x7000_0000).catch(() => {})
    expect(memory.board.accesses).toEqual([
      { direction: 'read', address: 0x2000_0000, width: 32, value: 0x1122_3344 },
      { direction: 'write', address: 0x2000_0000, width: 32, value: 0x1122_3301 },
      { direction: 'read', address: 2 ** 20, width: 64, value: 0xa5a5_a5a5_a5a5_a5a5n },
      { direction: 'read', address: 0x7000_0000, width: 32, fault: true },
    ])
    const quiet = new SimMemory(board)
    await quiet.read64(2 ** 20)
    expect(quiet.board.accesses).toEqual([])
  })

  it('hands on what consoles print', async () => {
    const printed: unknown[] = []
    const memory = new SimMemory(board, { onPrint: (...what) => printed.push(what) })
    await memory.write8(0x3000_0018, 0x48)
    expect(printed).toEqual([[0x48, 'lanes.DATA']])
  })

  it('starts anew for every memory that is made of a description', async () => {
    const [a, b] = [open(), open()]
    await a.write32(0x2000_0000, 0)
    expect(await b.read32(0x2000_0000)).toBe(0x1122_3344)
  })

  it('names a register that is not there, or is not a console', () => {
    const { board: inside } = open()
    expect(() => inside.peek('words.Z')).toThrow('test has no register "words.Z"')
    expect(() => inside.poke('ram', 1)).toThrow('test has no register "ram"')
    expect(() => inside.text('words.A')).toThrow('words.A is a read-write register, not a console')
  })
})
