import { rmSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { MappedMemory } from '../../engine/mapped.ts'
import { FakeKmod } from '../../kmod/testing/fake-kmod.ts'
import { FakeRoot } from '../../linux/testing/fake-root.ts'
import { Program } from '../../memory/program.ts'
import { asking } from '../../refusal/testing/roots.ts'
import { openDevMem } from '../devmem.ts'
import type { Choice } from './choice.ts'
import { DevMemWay } from './devmem-way.ts'
import { Kmod, KmodWay } from './kmod-way.ts'
import { Router } from './router.ts'

const PAGE = 4096
let root: FakeRoot
let kmod: FakeKmod
let told: Choice[]

beforeEach(() => {
  root = asking(new FakeRoot())
  root.put('proc/modules', '').put('proc/cpuinfo', 'address sizes\t: 36 bits physical, 48 bits v\n')
  root.put('dev/mem', new Uint8Array(6 * PAGE).fill(1))
  root.put('dev/physmem', new Uint8Array(6 * PAGE).fill(2))
  kmod = new FakeKmod([
    { start: PAGE, length: PAGE, kind: 'ram' },
    { start: 2 * PAGE, length: PAGE, kind: 'device' },
    { start: 3 * PAGE, length: PAGE, kind: 'reserved' },
  ])
  told = []
})
afterEach(() => root[Symbol.dispose]())

/** As `openRouter` has them, with or without /dev/mem. */
function openRouter(): Router {
  const module = new Kmod('write', root.system, { ioctl: kmod.ioctl })
  let direct: ConstructorParameters<typeof DevMemWay>[0]
  try {
    direct = new MappedMemory(openDevMem('write', root.system))
  } catch (error) {
    direct = error as Error & typeof direct
  }
  const ways = [
    new KmodWay(module, ['ram', 'reserved']),
    new DevMemWay(direct),
    new KmodWay(module, ['device']),
  ]
  return new Router('physical memory', ways, (choice) => told.push(choice))
}

const reads = (...addresses: number[]) =>
  new Program(addresses.map((address) => ({ op: 'read', address, width: 8 })))

async function bytesAt(router: Router, ...addresses: number[]): Promise<unknown[]> {
  const results = await router.run(reads(...addresses), {})
  return addresses.map((_, step) => results.value(step))
}

const rangesAsked = () =>
  kmod.asked.flatMap(({ values }) => ('kind' in values ? [[values.start, values.length]] : []))

describe('/dev/physmem', () => {
  it('is the way to RAM, in use or set aside; what else there is goes through /dev/mem', async () => {
    const router = openRouter()
    const addresses = [PAGE, 2 * PAGE, 3 * PAGE, 0, 2 * PAGE - 1, 4 * PAGE]
    expect(await bytesAt(router, ...addresses)).toEqual([2, 1, 2, 1, 2, 1])
    expect(told).toEqual([
      { address: PAGE, way: root.at('dev/physmem'), reason: '' },
      { address: 2 * PAGE, way: root.at('dev/mem'), reason: '' },
      { address: 3 * PAGE, way: root.at('dev/physmem'), reason: '' },
    ])
    await router.close()
  })

  it('asks what is at an address, not far; and of RAM only once', async () => {
    const router = openRouter()
    await bytesAt(router, 3 * PAGE, PAGE + 8, 3 * PAGE + 16, PAGE)
    await bytesAt(router, 3 * PAGE, PAGE)
    expect(rangesAsked()).toEqual([
      [0x3000n, 2n ** 26n],
      [0x1000n, 2n ** 26n],
    ])
    await router.close()
  })

  it('is one stretch of RAM, where what was looked at goes on', async () => {
    kmod.ranges.splice(0, 3, { start: 0, length: 2 ** 32, kind: 'ram' })
    const module = new Kmod('write', root.system, { ioctl: kmod.ioctl })
    const found = (address: number) => {
      const { start, end } = module.stretchAt(address)
      return [start, end]
    }
    expect(found(PAGE + 1)).toEqual([PAGE, PAGE + 2 ** 26])
    expect(found(PAGE + 2 ** 26)).toEqual([PAGE + 2 ** 26, PAGE + 2 ** 27])
    expect(found(PAGE + 2 ** 26)).toEqual([PAGE, PAGE + 2 ** 27])
    expect(rangesAsked()).toHaveLength(2)
    await module.close()
  })

  it('finds a range that begins inside of a page', async () => {
    kmod.ranges.push({ start: 5 * PAGE + 16, length: 16, kind: 'ram' })
    const module = new Kmod('write', root.system, { ioctl: kmod.ioctl })
    expect(module.stretchAt(5 * PAGE + 20)).toMatchObject({
      kind: 'ram',
      start: 5 * PAGE + 16,
      end: 5 * PAGE + 32,
    })
    await module.close()
  })

  it('is asked again where a mapping was refused', async () => {
    rmSync(root.at('dev/physmem'))
    root.link('dev/physmem', '/dev/null') // which cannot be mapped
    const module = new Kmod('write', root.system, { ioctl: kmod.ioctl })
    const { memory } = module.stretchAt(PAGE)
    module.stretchAt(PAGE)
    expect(rangesAsked()).toHaveLength(1)
    await expect(memory.read8(PAGE)).rejects.toThrow('cannot be mapped')
    module.stretchAt(PAGE)
    expect(rangesAsked()).toHaveLength(2)
    await module.close()
  })

  it('is asked of nothing that it says there cannot be', async () => {
    kmod.addressLimit = 0x2000n
    const router = openRouter()
    expect(await bytesAt(router, PAGE, 3 * PAGE)).toEqual([2, 1])
    expect(rangesAsked()).toEqual([[0x1000n, 0x1000n]])
    await router.close()
  })

  it('is written, too', async () => {
    const router = openRouter()
    const address = PAGE + 8
    await router.run(new Program([{ op: 'write', address, width: 8, value: 7 }]), {})
    expect(await bytesAt(router, address)).toEqual([7])
    await router.close()
  })

  it('serves devices where nothing before it does', async () => {
    rmSync(root.at('dev/mem'))
    const router = openRouter()
    expect(await bytesAt(router, 2 * PAGE)).toEqual([2])
    const missing = `${root.at('dev/mem')} cannot be opened for writing: there is no such node: the kernel has no /dev/mem, or a container hides it`
    expect(told).toEqual([{ address: 2 * PAGE, way: root.at('dev/physmem'), reason: missing }])
    await expect(router.run(reads(0), {})).rejects.toMatchObject({ message: missing })
    await router.close()
  })

  it('leaves a device alone that a driver has claimed', async () => {
    rmSync(root.at('dev/mem'))
    kmod.ranges.splice(1, 1, { start: 2 * PAGE, length: PAGE, kind: 'device', busy: true })
    const router = openRouter()
    await expect(router.run(reads(2 * PAGE), {})).rejects.toMatchObject({
      message: `${root.at('dev/mem')} cannot be opened for writing: there is no such node: the kernel has no /dev/mem, or a container hides it`,
    })
    await router.close()
  })

  it.each([
    ['memory set aside that a driver has claimed', 'reserved', { busy: true }],
    ['RAM that must not be touched', 'ram', { unusable: true }],
  ] as const)('leaves %s to the ways behind it', async (_, kind, flags) => {
    kmod.ranges.splice(0, 3, { start: PAGE, length: PAGE, kind, ...flags })
    const router = openRouter()
    expect(await bytesAt(router, PAGE)).toEqual([1])
    // It may be otherwise the next time: what is not mapped is not kept.
    kmod.ranges.splice(0, 1, { start: PAGE, length: PAGE, kind })
    expect(await bytesAt(router, PAGE)).toEqual([2])
    await router.close()
  })

  it('leaves RAM to others where it cannot be used, and says why', async () => {
    kmod.version = 9
    const router = openRouter()
    expect(await bytesAt(router, PAGE, 2 * PAGE)).toEqual([1, 1])
    const why = `${root.at('dev/physmem')} cannot be used: the loaded module is of a newer physmem (its interface is 9, expected 2)`
    expect(told).toEqual([{ address: PAGE, way: root.at('dev/mem'), reason: why }])
    await router.close()
  })
})
