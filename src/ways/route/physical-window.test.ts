import { readFileSync, rmSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FakeKmod, type FakeRange } from '../../kmod/testing/fake-kmod.ts'
import { FakeRoot } from '../../linux/testing/fake-root.ts'
import { asking } from '../../refusal/testing/roots.ts'
import { mapPhysical } from './physical-window.ts'

const PAGE = 4096
const card = '0000:00:05.0'
let root: FakeRoot

beforeEach(() => {
  root = asking(new FakeRoot())
  root.put('proc/modules', '').put('proc/cpuinfo', 'address sizes\t: 36 bits physical, 48 bits v\n')
  root.put('dev/mem', new Uint8Array(6 * PAGE).fill(1))
  // A BAR of 256 bytes that starts inside of its page.
  root.pci(card, '0x2100 0x21ff 0x40200')
  root.put(`sys/bus/pci/devices/${card}/resource0`, new Uint8Array(PAGE).fill(3))
})
afterEach(() => root[Symbol.dispose]())

/** The name of the window by which a stretch is mapped, its address, and what it reads first. */
async function mapped(address: number, length: number, ranges: FakeRange[] = []) {
  if (ranges.length > 0) root.put('dev/physmem', new Uint8Array(6 * PAGE).fill(2))
  const { ioctl } = new FakeKmod(ranges)
  using window = await mapPhysical({ address, length }, 'write', root.system, { ioctl })
  return [window.name.replace(root.path, ''), window.address, window.read8(0)]
}

describe('a window of physical memory', () => {
  it('goes by /dev/mem', async () => {
    expect(await mapped(PAGE + 8, 2 * PAGE)).toEqual(['/dev/mem', PAGE + 8, 1])
  })

  it('goes by the module where all of it is RAM, in use or set aside', async () => {
    const ranges: FakeRange[] = [
      { start: PAGE, length: PAGE, kind: 'ram' },
      { start: 2 * PAGE, length: PAGE, kind: 'reserved' },
      { start: 3 * PAGE, length: PAGE, kind: 'device' },
    ]
    expect(await mapped(PAGE, 2 * PAGE, ranges)).toEqual(['/dev/physmem', PAGE, 2])
    expect(await mapped(3 * PAGE - 8, 16, ranges)).toEqual(['/dev/mem', 3 * PAGE - 8, 1])
    expect(await mapped(3 * PAGE, 8, ranges)).toEqual(['/dev/mem', 3 * PAGE, 1])
  })

  it('goes by the BAR that holds it where /dev/mem cannot be opened, at physical addresses', async () => {
    rmSync(root.at('dev/mem'))
    expect(await mapped(0x2180, 0x80)).toEqual([`pci:${card}/bar0`, 0x2180, 3])
    using window = await mapPhysical({ address: 0x2104, length: 8 }, 'write', root.system)
    window.write32(4, 0x1234_5678)
    const page = readFileSync(root.at(`sys/bus/pci/devices/${card}/resource0`))
    expect(page.readUInt32LE(0x108)).toBe(0x1234_5678)
  })

  it('goes by the module last for a device that no driver has claimed', async () => {
    rmSync(root.at('dev/mem'))
    const free: FakeRange = { start: 3 * PAGE, length: PAGE, kind: 'device' }
    expect(await mapped(3 * PAGE, 8, [free])).toEqual(['/dev/physmem', 3 * PAGE, 2])
    await expect(mapped(3 * PAGE, 8, [{ ...free, busy: true }])).rejects.toMatchObject({
      code: 'EREFUSED_NO_DEVMEM',
    })
  })

  it('is refused for the reason of the first way when none takes all of it', async () => {
    rmSync(root.at('dev/mem'))
    await expect(mapped(0x2180, 0x81)).rejects.toMatchObject({
      name: 'RefusedError',
      code: 'EREFUSED_NO_DEVMEM',
      data: { address: 0x2180 },
    })
  })

  it('is refused at once when it cannot be', async () => {
    await expect(mapped(PAGE, 0)).rejects.toMatchObject({ code: 'ERANGE' })
    await expect(mapped(2 ** 36, 8)).rejects.toMatchObject({ code: 'ERANGE' })
  })
})
