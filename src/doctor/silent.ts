import type { PciFunction } from '../linux/pci.ts'
import type { Evidence } from '../refusal/refusal.ts'

/** Something that can be mapped, but gives nothing of use. */
export interface Remark {
  text: string
  cure: string
  evidence: Evidence
}

/** Why a PCI function would not answer at its memory BARs, if it would not: loads give mostly ones. */
export function silenceOf({ address, power, commandMemory }: PciFunction): Remark | undefined {
  const folder = `/sys/bus/pci/devices/${address}`
  if (power === 'suspended') {
    return {
      text: `${address} is suspended: loads give no data of the device (mostly ones)`,
      cure: `wake it: echo on > ${folder}/power/control`,
      evidence: { file: `${folder}/power/runtime_status`, line: 'suspended' },
    }
  }
  if (commandMemory !== false) return undefined
  return {
    text: `the memory of ${address} is switched off: loads give no data of the device (mostly ones)`,
    cure: `switch it on: echo 1 > ${folder}/enable`,
    evidence: { file: `${folder}/config`, line: 'command register: bit 1 is 0' },
  }
}
