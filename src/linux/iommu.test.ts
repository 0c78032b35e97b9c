import { expect, it } from 'vitest'
import { hasIommu, readDmaMaskBits, readIommuGroup } from './iommu.ts'
import { FakeRoot } from './testing/fake-root.ts'

const device = '0000:00:04.0'

it('reads the group of a function, and its type', () => {
  using root = new FakeRoot()
  expect(readIommuGroup(device, root.files)).toBeUndefined()
  expect(hasIommu(root.files)).toBe(false)
  root.link(`sys/bus/pci/devices/${device}/iommu_group`, '../../../../kernel/iommu_groups/7')
  expect(readIommuGroup(device, root.files)).toEqual({ number: '7', type: 'unknown' })
  root.put('sys/kernel/iommu_groups/7/type', 'DMA-FQ\n')
  expect(readIommuGroup(device, root.files)).toEqual({ number: '7', type: 'DMA-FQ' })
  expect(hasIommu(root.files)).toBe(true)
})

it('reads how many bits the addresses of a function have', () => {
  using root = new FakeRoot()
  const put = (text: string) => root.put(`sys/bus/pci/devices/${device}/dma_mask_bits`, text)
  expect(readDmaMaskBits(device, root.files)).toBeUndefined()
  for (const [text, bits] of [
    ['32\n', 32],
    ['64\n', 64],
    ['0\n', undefined],
    ['65\n', undefined],
    ['x\n', undefined],
  ] as const) {
    put(text)
    expect(readDmaMaskBits(device, root.files)).toBe(bits)
  }
})
