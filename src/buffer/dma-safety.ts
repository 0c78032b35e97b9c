import { PhysmemError } from '../base/errors.ts'
import type { Files } from '../linux/files.ts'
import { hasIommu } from '../linux/iommu.ts'
import { formatAddress } from '../text/number.ts'
import type { Backing, Reach } from './backing.ts'
import type { DmaCheck } from './dma-check.ts'

/** Whether a device can use a buffer for DMA. */
export interface DmaSafety {
  /** `safe` when all checks say yes, `unsafe` when one says no. */
  verdict: 'safe' | 'unsafe' | 'unknown'
  checks: readonly DmaCheck[]
  /** The address that the PCI function must use, where one was named and reaches the buffer. */
  dmaAddress?: number
  /** Whether it sees the caches of the CPU, so that nothing need be flushed; absent where unknown. */
  coherent?: boolean
}

export interface DmaQuestion {
  /** A PCI function as the kernel names it: `0000:00:04.0`. */
  pci: string | undefined
  /** No byte lies at this address or above, since that was asked for; 0 where nothing was. */
  below: number
  files: Files
}

/** Looks at one after the other; nothing is accessed. */
export function checkDma(backing: Backing, { pci, below, files }: DmaQuestion): DmaSafety {
  if (pci === undefined) return judged([...backing.held, limitAsked(below), anyIommu(files)])
  let reach: Reach
  try {
    reach = backing.reach(pci)
  } catch (error) {
    if (!(error instanceof PhysmemError) || error.code === 'ENOPLACE') throw error
    return judged([...backing.held, ...unreached(error)])
  }
  const { dmaAddress, coherent } = reach
  const iommu: DmaCheck = { what: 'iommu', result: 'yes', reason: reach.iommu }
  return {
    ...judged([...backing.held, limitOf(reach, backing.length), iommu]),
    dmaAddress,
    ...(coherent === undefined ? {} : { coherent }),
  }
}

function judged(checks: readonly DmaCheck[]): DmaSafety {
  const any = (result: DmaCheck['result']) => checks.some((one) => one.result === result)
  return { verdict: any('no') ? 'unsafe' : any('unknown') ? 'unknown' : 'safe', checks }
}

function limitAsked(below: number): DmaCheck {
  if (below > 0) {
    const reason = `it ends below ${formatAddress(below)}, as requested`
    return { what: 'limit', result: 'yes', reason }
  }
  const reason = 'the addresses that a device reaches are not known: name the PCI function'
  return { what: 'limit', result: 'unknown', reason }
}

function anyIommu(files: Files): DmaCheck {
  if (!hasIommu(files)) {
    return { what: 'iommu', result: 'yes', reason: 'no device here is behind an IOMMU' }
  }
  const reason = 'devices here are behind an IOMMU: name the PCI function'
  return { what: 'iommu', result: 'unknown', reason }
}

function limitOf({ highest, dmaAddress, source }: Reach, length: number): DmaCheck {
  if (highest === undefined) {
    return {
      what: 'limit',
      result: 'unknown',
      reason: 'the kernel does not say which addresses it reaches',
    }
  }
  const last = dmaAddress + length - 1
  const fits = BigInt(last) <= highest
  const ends = `it ends at ${formatAddress(last)}`
  const reaches = `the function reaches up to ${formatAddress(highest)} (${source})`
  return { what: 'limit', result: fits ? 'yes' : 'no', reason: `${ends}; ${reaches}` }
}

/** What the refusal means for the two checks that it decides. */
function unreached({ code, message: reason, data }: PhysmemError): DmaCheck[] {
  if (code === 'ERANGE') return [{ what: 'limit', result: 'no', reason }]
  return [{ what: 'iommu', result: data.errno === 'EAGAIN' ? 'unknown' : 'no', reason }]
}
