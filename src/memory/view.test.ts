import { describe, expect, it } from 'vitest'
import { FakeRoot } from '../linux/testing/fake-root.ts'
import { openI2c } from '../ways/i2c.ts'
import { FakeI2c, fakeI2c, I2C } from '../ways/testing/fake-i2c.ts'
import { Program } from './program.ts'
import { openSim } from './sim/index.ts'
import { MemoryView } from './view.ts'

async function open(base: number, length: number | undefined) {
  const under = await openSim('')
  const view = new MemoryView(under, { name: 'part', base, length, close: () => under.close() })
  return { under, view }
}

describe('MemoryView', () => {
  it('counts addresses from its own start', async () => {
    const { under, view } = await open(0x4000_0100, 0x10)
    await view.write32(0x4, 0x1234)
    expect(await under.read32(0x4000_0104)).toBe(0x1234)
    expect(await view.readBlock(0, 32, 2)).toEqual(new Uint8Array([0, 0, 0, 0, 0x34, 0x12, 0, 0]))
  })

  it('ends where it ends', async () => {
    const { view } = await open(0x4000_0100, 0x10)
    await expect(view.read32(0x10)).rejects.toThrow(
      '0x10 to 0x13 is not inside part: expected 0x0 to 0xf',
    )
  })

  it('refuses a width that is not aligned in the memory below', async () => {
    const { view } = await open(0x4000_0104, undefined)
    await expect(view.read64(0)).rejects.toMatchObject({ code: 'EALIGN' })
    expect(await view.read32(0)).toBe(0)
  })

  it('of registers that are numbered has any width at any of them, as these have', async () => {
    const root = new FakeRoot().put('dev/i2c-1', '')
    const calls = new FakeI2c(I2C, 0x48)
    const device = { name: 'i2c:1:0x48', bus: 1, device: 0x48, registerBits: 8 } as const
    const under = await openI2c(device, 'write', fakeI2c(root.system, calls))
    const close = () => under.close()
    await using view = new MemoryView(under, { name: 'part', base: 2, length: undefined, close })
    expect(view.misalignment).toBe('any')
    await view.write16(1, 0x1234)
    expect(await view.read16(1)).toBe(0x1234)
    expect(calls.log).toEqual(['S 48w 03 34 12 P', 'S 48w 03 Sr 48r 34 12 P'])
    root[Symbol.dispose]()
  })

  it('of bytes refuses a program that was made for such registers', async () => {
    const program = new Program([{ op: 'read', address: 1, width: 16 }], 'any')
    const { under, view } = await open(0x4000_0000, undefined)
    for (const memory of [under, view]) {
      await expect(memory.run(program)).rejects.toMatchObject({
        code: 'EALIGN',
        message: expect.stringMatching(
          /^0x[04]0000001 is not a multiple of 2: a 16-bit access would not be one access$/,
        ),
      })
    }
  })

  it('is closed once, with what follows it', async () => {
    const { under, view } = await open(0x4000_0000, undefined)
    await view.close()
    await view.close()
    await expect(view.read8(0)).rejects.toThrow('part is closed')
    await expect(under.read8(0x4000_0000)).rejects.toMatchObject({ code: 'ECLOSED' })
  })
})
