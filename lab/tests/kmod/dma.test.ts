/** The addresses that the kernel module tells of memory for a PCI function behind an IOMMU. */
import { describe, expect, it } from 'vitest'
import { labTitle, labUnavailable } from '../../machine/available.ts'
import { kernelComplaints } from '../../machine/kernel-log.ts'
import { startMachine } from '../../machine/machine.ts'
import { compileForGuest } from '../../supply/runner.ts'

const EDU = 0x20 // 00:04.0
/** RAM that the kernel always uses: its image. */
const RAM = 0x100_0000

const reason = labUnavailable('x86_64', '6.12')
describe.skipIf(reason)(labTitle('the module behind an IOMMU', reason), () => {
  it('maps buffers there, and gives no address of other RAM', async () => {
    await using machine = await startMachine({
      ...{ arch: 'x86_64', series: '6.12', append: 'intel_iommu=on' },
      devices: ['-device', 'intel-iommu', '-device', 'edu,addr=4'],
      modules: ['physmem', 'uio_pci_generic', 'pci_stub'],
      files: [
        {
          path: '/lab/kmod-try',
          source: await compileForGuest('x86_64', 'kmod-try'),
          mode: 0o755,
        },
      ],
      bootTimeoutMs: 120_000,
    })
    const dma = async (): Promise<string> =>
      (await machine.exec(`/lab/kmod-try dma ${EDU} ${RAM}`)).stdout.trim()
    expect(await dma()).toBe(
      'buffer: EAGAIN\nbuffer again: EAGAIN\nRAM: EXDEV\nbeyond 4 GiB: EXDEV',
    )
    await machine.exec('echo 1234 11e8 > /sys/bus/pci/drivers/uio_pci_generic/new_id')
    expect(await dma()).toBe(
      [
        'buffer: another address, 0x3000 bytes, mask 0xffffffff, flags 3',
        'buffer again: another address, 0x3000 bytes, mask 0xffffffff, flags 3',
        'RAM: EXDEV',
        'beyond 4 GiB: EXDEV',
      ].join('\n'),
    )
    // A driver that leaves DMA to others, and is not named for vfio.
    const edu = '/sys/bus/pci/devices/0000:00:04.0'
    await machine.exec(
      `echo 0000:00:04.0 > ${edu}/driver/unbind; echo pci-stub > ${edu}/driver_override; echo 0000:00:04.0 > /sys/bus/pci/drivers_probe`,
    )
    expect((await machine.exec(`basename $(readlink ${edu}/driver)`)).stdout).toBe('pci-stub\n')
    expect(await dma()).toBe('buffer: EBUSY\nbuffer again: EBUSY\nRAM: EBUSY\nbeyond 4 GiB: EBUSY')
    expect(kernelComplaints((await machine.exec('dmesg')).stdout)).toEqual([])
  }, 200_000)
})
