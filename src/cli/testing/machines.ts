/** Machines that nothing was recorded on. */
import { FakeRoot } from '../../linux/testing/fake-root.ts'

/**
 * Lines as drivers/cxl/acpi.c, cxl/core/region.c, dax/bus.c, dax/kmem.c, virtio/virtio_mem.c and
 * nvdimm/region.c name them.
 */
export function addedMemory(): FakeRoot {
  const iomem = `00100000-7fffffff : System RAM
100000000-17fffffff : CXL Window 0
  100000000-17fffffff : region0
    100000000-17fffffff : dax0.0
      100000000-17fffffff : System RAM (kmem)
180000000-1ffffffff : CXL Window 1
240000000-2ffffffff : virtio0
  240000000-247ffffff : System RAM (virtio_mem)
300000000-33fffffff : Persistent Memory
  300000000-33fffffff : namespace0.0
`
  return new FakeRoot().put('proc/iomem', iomem)
}

/**
 * A function in a BAR of another, whose state and driver are other ones: Intel VMD, as
 * drivers/pci/controller/vmd.c names its windows.
 */
export function vmd(): FakeRoot {
  const [outer, inner] = ['0000:00:0e.0', '10001:e1:00.0']
  const iomem = `50000000-5fffffff : PCI Bus 0000:00
  50000000-51ffffff : 0000:00:0e.0
    50000000-51ffffff : VMD MEMBAR1
      50000000-500fffff : PCI Bus 10001:e1
        50000000-50003fff : 10001:e1:00.0
          50000000-50003fff : nvme
  52000000-520fffff : 0000:00:0e.0
`
  const header = (command: number) =>
    Uint8Array.from({ length: 64 }, (_, at) => (at === 4 ? command : 1))
  return new FakeRoot()
    .put('proc/iomem', iomem)
    .pci(outer, '0x50000000 0x51ffffff 0x40200')
    .pci(inner, '0x50000000 0x50003fff 0x140204')
    .put(`sys/bus/pci/devices/${outer}/config`, header(2))
    .put(`sys/bus/pci/devices/${inner}/config`, header(0))
    .put(`sys/bus/pci/devices/${outer}/enable`, '1\n')
    .put(`sys/bus/pci/devices/${inner}/enable`, '0\n')
    .link(`sys/bus/pci/devices/${outer}/driver`, '../../../bus/pci/drivers/vmd')
    .link(`sys/bus/pci/devices/${inner}/driver`, '../../../bus/pci/drivers/nvme')
}
