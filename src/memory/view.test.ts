import { describe, expect, it } from 'vitest'
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

  it('is closed once, with what follows it', async () => {
    const { under, view } = await open(0x4000_0000, undefined)
    await view.close()
    await view.close()
    await expect(view.read8(0)).rejects.toThrow('part is closed')
    await expect(under.read8(0x4000_0000)).rejects.toMatchObject({ code: 'ECLOSED' })
  })
})
