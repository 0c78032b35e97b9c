import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FakeRoot } from './testing/fake-root.ts'
import { listDmaBuffers } from './udmabuf.ts'

describe('listDmaBuffers', () => {
  it('lists those of both names of the class', () => {
    using root = new FakeRoot()
      .put('sys/class/u-dma-buf/udmabuf1/phys_addr', '0x0000000002200000\n')
      .put('sys/class/u-dma-buf/udmabuf1/size', '1048576\n')
      .put('sys/class/u-dma-buf/camera/phys_addr', '0x70000000\n')
      .put('sys/class/u-dma-buf/camera/size', '4096\n')
      .put('sys/class/udmabuf/udmabuf0/phys_addr', '0x100000\n')
      .put('sys/class/udmabuf/udmabuf0/size', '4096\n')
    expect(listDmaBuffers(root.files)).toEqual([
      { name: 'camera', dmaAddress: 0x7000_0000, physicalAddress: 0x7000_0000, length: 4096 },
      { name: 'udmabuf1', dmaAddress: 0x220_0000, physicalAddress: 0x220_0000, length: 0x10_0000 },
      { name: 'udmabuf0', dmaAddress: 0x10_0000, physicalAddress: 0x10_0000, length: 4096 },
    ])
  })

  it.each([
    ['DMA', undefined],
    ['DMA-FQ', undefined],
    ['blocked', undefined],
    [undefined, undefined],
    ['identity', 0xffff_0000],
  ])('gives no physical address behind an IOMMU of type %s: %s', (type, physicalAddress) => {
    using root = new FakeRoot()
      .put('sys/class/u-dma-buf/camera/phys_addr', '0x00000000ffff0000\n')
      .put('sys/class/u-dma-buf/camera/size', '4096\n')
      .link('sys/class/u-dma-buf/camera/device/iommu_group', '../../kernel/iommu_groups/7')
    if (type !== undefined) root.put('sys/kernel/iommu_groups/7/type', `${type}\n`)
    expect(listDmaBuffers(root.files)).toMatchObject([{ dmaAddress: 0xffff_0000, physicalAddress }])
  })

  it('leaves out what makes no sense; is empty where there is none', () => {
    using root = new FakeRoot()
    expect(listDmaBuffers(root.files)).toEqual([])
    root
      .put('sys/class/u-dma-buf/a/size', '4096\n')
      .put('sys/class/u-dma-buf/b/phys_addr', '0x1000\n')
      .put('sys/class/u-dma-buf/b/size', '0\n')
      .put('sys/class/u-dma-buf/c/phys_addr', '0xffffffffffffffff\n')
      .put('sys/class/u-dma-buf/c/size', '4096\n')
      .put('sys/class/u-dma-buf/d/phys_addr', '0xffffffffff000\n')
      .put('sys/class/u-dma-buf/d/size', '8192\n')
    expect(listDmaBuffers(root.files)).toEqual([])
  })

  it('never throws, and gives only addresses that can be', () => {
    using root = new FakeRoot()
    const number = fc.oneof(
      fc.bigInt({ min: 0n, max: 2n ** 64n }).map((value) => `0x${value.toString(16)}`),
      fc.nat().map(String),
      fc.string({ unit: 'binary' }),
    )
    fc.assert(
      fc.property(number, number, (address, size) => {
        root.put('sys/class/u-dma-buf/a/phys_addr', address).put('sys/class/u-dma-buf/a/size', size)
        for (const buffer of listDmaBuffers(root.files)) {
          expect(Number.isSafeInteger(buffer.dmaAddress) && buffer.length > 0).toBe(true)
          expect(buffer.dmaAddress + buffer.length <= 2 ** 52).toBe(true)
        }
      }),
      { numRuns: 50 },
    )
  })
})
