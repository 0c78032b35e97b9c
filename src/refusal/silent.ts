import { type PciFunction, readPciHealth } from '../linux/pci.ts'
import type { Evidence } from './refusal.ts'

/** Something that can be mapped, but gives nothing of use. */
export interface Remark {
  text: string
  cure: string
  evidence: Evidence
}

/** Why a PCI function would not answer at its memory BARs, if it would not: loads give mostly ones. */
export function silenceOf(
  { address, power, commandMemory }: PciFunction,
  root = '/',
): Remark | undefined {
  const folder = `/sys/bus/pci/devices/${address}`
  const nothing = 'loads give no data of the device (mostly ones)'
  if (power === 'suspended') {
    return {
      text: `${address} is suspended: ${nothing}`,
      cure: `wake it: echo on > ${folder}/power/control`,
      evidence: { file: `${folder}/power/runtime_status`, line: 'suspended' },
    }
  }
  const { powerState, answers, bridge, linkWidth } = readPciHealth(address, root)
  if (bridge !== undefined && linkWidth === 0) {
    return {
      text: `the link to ${address} is down: ${nothing}`,
      cure: 'look at its slot, its supply and its reset',
      evidence: { file: `/sys/bus/pci/devices/${bridge}/current_link_width`, line: '0' },
    }
  }
  // PCI Power Management 1.2, 5.4: but for D0 a function answers in configuration space only.
  if (/^D[123]/.test(powerState)) {
    return {
      text: `${address} is in the power state ${powerState}: ${nothing}`,
      cure: `wake it: echo on > ${folder}/power/control, or bind a driver to it`,
      evidence: { file: `${folder}/power_state`, line: powerState },
    }
  }
  if (answers === false) {
    return {
      text: `${address} does not answer in configuration space either: ${nothing}`,
      cure: 'it was removed, or its link is down: look at its slot, then echo 1 > /sys/bus/pci/rescan',
      evidence: { file: `${folder}/config`, line: 'all ones' },
    }
  }
  if (commandMemory !== false) return undefined
  return {
    text: `the memory of ${address} is switched off: ${nothing}`,
    cure: `switch it on: echo 1 > ${folder}/enable`,
    evidence: { file: `${folder}/config`, line: 'command register: bit 1 is 0' },
  }
}
