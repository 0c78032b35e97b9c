import { type Cure, sentence, shell } from '../base/cure.ts'
import type { Evidence } from '../base/evidence.ts'
import { type PciFunction, readPciHealth } from '../linux/pci.ts'
import type { System } from '../linux/system.ts'

/** Something that can be mapped, but gives nothing of use. */
export interface Silence {
  text: string
  cure: Cure
  evidence: Evidence
}

/** What a PCI function decodes by itself: its memory BARs, and its I/O BARs. */
export type BarSpace = 'memory' | 'io'

/** The command register: PCI Local Bus 3.0, 6.2.2. */
const SPACES = {
  memory: { what: 'memory', is: 'is', bit: 1 },
  io: { what: 'I/O ports', is: 'are', bit: 0 },
} as const

/** Whether a function is known not to answer at its BARs of that kind. */
export function isSwitchedOff(
  { commandMemory, commandIo }: Pick<PciFunction, 'commandMemory' | 'commandIo'>,
  space: BarSpace,
): boolean {
  return (space === 'io' ? commandIo : commandMemory) === false
}

/** Why a PCI function would not answer at its BARs of a kind, if it would not: loads give mostly ones. */
export function silenceOf(pci: PciFunction, space: BarSpace, system: System): Silence | undefined {
  const { address, power } = pci
  const folder = `/sys/bus/pci/devices/${address}`
  const nothing = 'loads give no data of the device (mostly ones or zeros), and stores are lost'
  if (power === 'suspended') {
    return {
      text: `${address} is suspended: ${nothing}`,
      cure: sentence`wake it: ${shell(`echo on > ${folder}/power/control`)}`,
      evidence: { file: `${folder}/power/runtime_status`, line: 'suspended' },
    }
  }
  const { powerState, answers, bridge, linkWidth } = readPciHealth(address, system.files)
  if (bridge !== undefined && linkWidth === 0) {
    return {
      text: `the link to ${address} is down: ${nothing}`,
      cure: 'look at its slot, its supply and its reset',
      evidence: { file: `/sys/bus/pci/devices/${bridge}/current_link_width`, line: '0' },
    }
  }
  // PCI Power Management 1.2, 5.4: except for D0 a function answers in configuration space only.
  if (/^D[123]/.test(powerState)) {
    return {
      text: `${address} is in the power state ${powerState}: ${nothing}`,
      cure: sentence`wake it: ${shell(`echo on > ${folder}/power/control`)}, or bind a driver to it`,
      evidence: { file: `${folder}/power_state`, line: powerState },
    }
  }
  if (answers === false) {
    return {
      text: `${address} does not answer in configuration space either: ${nothing}`,
      cure: sentence`it was removed, or its link is down: look at its slot, then ${shell('echo 1 > /sys/bus/pci/rescan')}`,
      evidence: { file: `${folder}/config`, line: 'all ones' },
    }
  }
  if (!isSwitchedOff(pci, space)) return undefined
  const { what, is, bit } = SPACES[space]
  return {
    text: `the ${what} of ${address} ${is} switched off: ${nothing}`,
    cure: sentence`switch it on: ${shell(`echo 1 > ${folder}/enable`)}`,
    evidence: { file: `${folder}/config`, line: `command register: bit ${bit} is 0` },
  }
}
