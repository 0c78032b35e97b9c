import { describe, expect, it } from 'vitest'
import { FakeRoot } from '../linux/testing/fake-root.ts'
import { explainOffsets } from './other-offsets.ts'

const device = (name: string, parent?: string) => ({ subsystem: undefined, name, parent })
const memory = '0xfea00000 0xfeafffff 0x40200'

describe('why a node is not mapped by its path', () => {
  it('names the maps of a UIO device', () => {
    using root = new FakeRoot().uio(0, 'edu').uio(1, 'bare')
    root.uioMap(0, 0, { size: '0x1000', offset: '0x0' })
    root.uioMap(0, 2, { size: '0x1000', offset: '0x0' })
    expect(explainOffsets('uio', device('uio0', '0000:00:04.0'), root.system)).toEqual({
      code: 'ENOPLACE',
      reason: 'it is a UIO device, whose mmap takes the number of a map as offset, not a byte',
      cure: 'name what is in it: uio:uio0/map0, uio:uio0/map2',
    })
    expect(explainOffsets('uio', device('uio1'), root.system)).not.toHaveProperty('cure')
  })

  it('names the BARs of what a VFIO group holds', () => {
    using root = new FakeRoot()
      .pci('0000:00:04.0', memory, '0xc000 0xc03f 0x40101')
      .pci('0000:00:05.0', '0x0 0xfff 0x20040200', memory)
      .folder('sys/kernel/iommu_groups/12/devices/0000:00:04.0')
      .folder('sys/kernel/iommu_groups/12/devices/0000:00:05.0')
    expect(explainOffsets('vfio', device('12'), root.system)).toEqual({
      code: 'ENOPLACE',
      reason: 'it belongs to VFIO, whose mmap takes the number of a region as offset, not a byte',
      cure: 'name what is in it: pci:0000:00:04.0/bar0, pci:0000:00:05.0/bar1',
    })
    expect(explainOffsets('vfio', device('vfio'), root.system)).not.toHaveProperty('cure')
  })

  it('names the way to a BAR for a file that may be one', () => {
    using root = new FakeRoot()
    expect(explainOffsets('hidden', device('/some/resource0'), root.system)).toEqual({
      code: 'ENOPLACE',
      reason:
        'it may be a BAR, which starts anywhere in its page: no mount that is visible here says which file of sysfs or procfs it is',
      cure: 'name the BAR by its PCI function, such as pci:0000:00:04.0/bar0',
    })
  })

  it.each([
    [
      'drm',
      'it belongs to a graphics driver, whose mmap takes the handle of a buffer as offset, not a byte',
    ],
    ['vfio', 'it belongs to VFIO, whose mmap takes the number of a region as offset, not a byte'],
    ['procfs', 'its mmap takes an address on the bus as offset, not a byte'],
  ] as const)('names the BARs of the function behind a node of %s', (owner, reason) => {
    using root = new FakeRoot().pci('0000:00:02.0', memory)
    expect(explainOffsets(owner, device('node0', '0000:00:02.0'), root.system)).toEqual({
      code: 'ENOPLACE',
      reason,
      cure: 'name what is in it: pci:0000:00:02.0/bar0',
    })
  })
})
