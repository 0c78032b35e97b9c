import { describe, expect, it } from 'vitest'
import { VirtualClock } from '../clock.ts'
import { openSim } from './open.ts'

const open = () => openSim('', { clock: new VirtualClock() })

describe('the built-in board', () => {
  it('has an HPET at 0xfed00000', async () => {
    const memory = await open()
    expect(await memory.read32(0xfed0_0000)).toBe(0x8086_a201)
    expect(await memory.read64(0xfed0_0000)).toBe(0x0098_9680_8086_a201n)
  })

  it('has a UART that prints, with its identification at the end', async () => {
    const memory = await open()
    const ids = await memory.readBlock(0x0900_0fe0, 32, 8)
    expect([...new Uint32Array(ids.slice().buffer)]).toEqual([
      0x11, 0x10, 0x34, 0x00, 0x0d, 0xf0, 0x05, 0xb1,
    ])
    expect(await memory.read32(0x0900_0018)).toBe(0x90)
    for (const byte of Buffer.from('Hello\n')) await memory.write8(0x0900_0000, byte)
    expect(memory.board.text('uart0.DR')).toBe('Hello\n')
    memory.board.type('uart0.DR', 'x')
    expect(await memory.read32(0x0900_0018)).toBe(0x80)
  })

  it('has a demo block that does some work when bit 7 is set', async () => {
    const memory = await open()
    expect(await memory.read32(0x1000_0000)).toBe(0x5048_4d31)
    await memory.update(0x1000_0020, 32, 0xf0, 0x30)
    expect(await memory.read32(0x1000_0020)).toBe(0x30)
    await memory.update(0x1000_0020, 32, 0x80, 0x80)
    expect(await memory.read32(0x1000_000c)).toBe(0x05)
    const met = await memory.wait(0x1000_0020, 32, { mask: 0x80, equals: 0, timeoutMs: 50 })
    expect(met.value).toBe(0x30)
    expect(await memory.read32(0x1000_000c)).toBe(0x06)
    expect(await memory.read32(0x1000_0010)).toBe(0x01)
    await memory.write32(0x1000_0010, 0x01)
    expect(await memory.read32(0x1000_0010)).toBe(0x00)
    expect([await memory.read32(0x1000_001c), await memory.read32(0x1000_001c)]).toEqual([3, 0])
  })

  it('has counters, a queue, and a register that faults', async () => {
    const memory = await open()
    const [first, second] = [await memory.read32(0x1000_0038), await memory.read32(0x1000_0038)]
    expect([first, second]).toEqual([0, 1])
    await memory.wait(0x1000_0034, 32, { mask: 0x10, equals: 0x10, timeoutMs: 50 })
    await memory.write32(0x1000_0028, 7)
    expect(await memory.read32(0x1000_0028)).toBe(7)
    expect(await memory.read32(0x1000_0028)).toBe(0xffff_ffff)
    await expect(memory.read32(0x1000_003c)).rejects.toThrow(
      '32-bit read at 0x1000003c (sim:) failed: demo.BROKEN answers every access with a bus error',
    )
    await expect(memory.read8(0x1000_0000)).rejects.toThrow('of 32 bits only')
  })

  it('has 1 MiB of RAM and a boot ROM', async () => {
    const memory = await open()
    await memory.fill(0x4000_0000, 64, 2 ** 17, 1)
    await expect(memory.read32(0x4010_0000)).rejects.toMatchObject({ code: 'EFAULT_BUS' })
    const text = Buffer.from(await memory.readBlock(0, 8, 28)).toString()
    expect(text).toBe('physmem demo board, boot ROM')
  })
})
