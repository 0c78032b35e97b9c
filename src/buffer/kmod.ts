import { closeSync } from 'node:fs'
import { type Ioctl, KmodCalls, openKmodDevice } from '../kmod/client/device.ts'
import { explainKmodMap } from '../kmod/refusal/device.ts'
import type { LocalSystem } from '../linux/system.ts'
import { formatAddress } from '../text/number.ts'
import type { Backing, Caching, Reach } from './backing.ts'
import type { DmaCheck } from './dma-check.ts'

/** What is asked of any origin; all numbers are checked. */
export interface Wanted {
  length: number
  caching: Caching
  /** 0: no limit. */
  below: number
  /** 0: that of a page. */
  alignment: number
}

const HELD: readonly DmaCheck[] = [
  { what: 'pinned', result: 'yes', reason: 'the kernel module keeps it in place' },
  { what: 'contiguous', result: 'yes', reason: 'it was allocated in one piece' },
]

/** A buffer of the kernel module. Throws where the module is not there, or has no such memory. */
export function allocateByKmod(wanted: Wanted, system: LocalSystem, ioctl?: Ioctl): Backing {
  const device = openKmodDevice('write', system, ioctl)
  try {
    const { length, caching, below, alignment } = wanted
    const { fd, ...buffer } = device.allocate(length, caching, below, alignment)
    const name = `the buffer at ${formatAddress(buffer.address)}`
    const calls = new KmodCalls(fd, name, system, ioctl)
    return {
      from: 'kmod',
      address: buffer.address,
      length: buffer.length,
      caching,
      held: HELD,
      source: () => ({
        name,
        fd,
        mode: 'write',
        base: 0,
        length: buffer.length,
        regularFile: false,
        explain: (errno) => explainKmodMap(errno, undefined, system.now()),
        close: () => {},
      }),
      cache: (operation, start, length) => calls.cache(operation, start, length),
      reach: (pci) => reachBy(calls, pci),
      close: () => closeSync(fd),
    }
  } finally {
    device.close()
  }
}

function reachBy(calls: KmodCalls, pci: string): Reach {
  const { dmaAddress, dmaMask, iommu, coherent } = calls.dma(pci)
  const between = iommu
    ? 'an IOMMU translates, and the kernel module has mapped it there'
    : 'no IOMMU translates the addresses of the function'
  return {
    dmaAddress: Number(dmaAddress),
    highest: dmaMask,
    source: 'according to the module',
    iommu: between,
    coherent,
  }
}
