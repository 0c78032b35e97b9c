import { sentence } from '../base/cure.ts'
import type { Evidence } from '../base/evidence.ts'
import { readCommandLine } from '../linux/cmdline.ts'
import {
  addressesHidden,
  isSystemRam,
  type Resource,
  readIomem,
  resourcesAt,
} from '../linux/iomem.ts'
import { readKernelConfig } from '../linux/kernel-config.ts'
import { readKernelLog } from '../linux/kernel-log.ts'
import type { System } from '../linux/system.ts'
import { bindOtherwise, claimantOf, unbindCommand } from './claimant.ts'
import { configEvidence, protection, resourceEvidence } from './evidence.ts'
import { kmodCure, withKmod } from './get-kmod.ts'
import type { Refusal } from './refusal.ts'

/**
 * Why a mapping of /dev/mem at an address was refused: drivers/char/mem.c, mmap_mem(). EPERM is
 * STRICT_DEVMEM, which is asked first; what is RAM and refused nevertheless is so by x86's PAT.
 */
export function explainDevMemMap(errno: string, address: number, system: System): Refusal {
  const { cpu } = system
  const resources = readIomem(system.files)
  const known = resourcesAt(resources, address)
  const ram = known.find(({ name }) => isSystemRam(name))
  if (errno === 'EPERM' && ram) return explainRam(ram, system)
  if (errno === 'EPERM') return explainClaimed(known, addressesHidden(resources), system)
  if (errno === 'EINVAL' && ram) return explainPat(ram, system)
  if (errno === 'EAGAIN' && cpu === 'x64') return explainMemoryType(address, known, system)
  const beyond = errno === 'EINVAL' ? explainBeyond(address, system) : undefined
  return beyond ?? { code: 'EREFUSED', reason: `mmap failed with ${errno}` }
}

/**
 * arch/arm64/mm/mmap.c and arch/arm/mm/mmap.c, valid_mmap_phys_addr_range(): PHYS_MASK is of the
 * configuration, whatever the CPU has. The very last page counts as beyond.
 */
function explainBeyond(address: number, system: System): Refusal | undefined {
  const found = addressBits(system)
  if (found === undefined || address < 2 ** (found.bits ?? found.mostly) - 65536) return undefined
  const known = found.bits ?? `mostly ${found.mostly}`
  return {
    code: 'EREFUSED',
    reason: `it is beyond the physical addresses of this kernel, which have ${known} bits (EINVAL)`,
    evidence: found.bits === undefined ? [] : found.evidence,
  }
}

interface AddressBits {
  /** `undefined` where the configuration is not there to be read. */
  bits: number | undefined
  mostly: number
  evidence: Evidence[]
}

function addressBits(system: System): AddressBits | undefined {
  const { cpu } = system
  if (cpu === 'arm64') {
    const evidence = configEvidence('CONFIG_ARM64_PA_BITS', system)
    const [, digits] = /=(\d{1,2})$/.exec(evidence[0]?.line ?? '') ?? []
    return { bits: digits === undefined ? undefined : Number(digits), mostly: 48, evidence }
  }
  if (cpu !== 'arm') return undefined
  const evidence = configEvidence('CONFIG_ARM_LPAE', system)
  const [line] = evidence
  const bits = line?.line.endsWith('=y') ? 40 : 32
  return { bits: line && bits, mostly: 32, evidence }
}

/** Why read() of /dev/mem was refused at an address: drivers/char/mem.c, read_mem(). */
export function explainDevMemRead(errno: string, address: number, system: System): Refusal {
  if (errno === 'EPERM') return explainDevMemMap(errno, address, system)
  if (errno === 'EFAULT') {
    const reason =
      'read() reaches RAM only, and not all of it: device memory must be mapped (EFAULT)'
    return { code: 'EREFUSED', reason }
  }
  return { code: 'EREFUSED', reason: `read failed with ${errno}` }
}

/** What is refused of all RAM, by the configuration alone; `undefined` where it does not tell. */
export function refusedRam(system: System): Refusal | undefined {
  const strict = readKernelConfig(system.files)?.get('CONFIG_STRICT_DEVMEM') === 'y'
  return strict ? explainRam(undefined, system) : undefined
}

/** arch/x86/mm/init.c and lib/devmem_is_allowed.c: RAM, whatever iomem= says. */
function explainRam(ram: Resource | undefined, system: System): Refusal {
  const how = system.cpu === 'x64' ? 'memmap=' : 'mem=, or reserved-memory in the device tree'
  return {
    code: 'EREFUSED_STRICT_DEVMEM',
    reason:
      'it is RAM, which a kernel with CONFIG_STRICT_DEVMEM does not let /dev/mem reach (EPERM)',
    ...withKmod(system, [
      `reserve the range at boot (${how})`,
      'use a kernel without CONFIG_STRICT_DEVMEM',
    ]),
    evidence: [
      ...(ram ? [resourceEvidence(ram)] : []),
      ...configEvidence('CONFIG_STRICT_DEVMEM', system),
      ...relaxed(system),
    ],
  }
}

/** kernel/resource.c, iomem_is_exclusive(). */
function explainClaimed(known: readonly Resource[], hidden: boolean, system: System): Refusal {
  const owner = known.at(-1)
  if (owner === undefined) return explainUnknown(hidden, system)
  const evidence = [resourceEvidence(owner), ...configEvidence('CONFIG_IO_STRICT_DEVMEM', system)]
  const asked = relaxed(system)
  if (asked.length > 0) {
    return {
      code: 'EREFUSED_BUSY',
      reason: `"${owner.name}" is exclusive to the kernel, even with iomem=relaxed (EPERM)`,
      evidence: [...evidence, ...asked],
    }
  }
  const claimant = claimantOf(known, system)
  const unbind = claimant ? sentence`unbind it: ${unbindCommand(claimant)}` : 'unbind its driver'
  return {
    code: 'EREFUSED_BUSY',
    reason: `"${owner.name}" claims it, and ${protection(system)} (EPERM)`,
    cure: sentence`${unbind}, or boot with iomem=relaxed`,
    cures: [unbind, 'boot with iomem=relaxed', ...(claimant ? [bindOtherwise(claimant)] : [])],
    evidence,
  }
}

function explainUnknown(hidden: boolean, system: System): Refusal {
  const { cure, obstacle } = kmodCure(system)
  const kmod = cure ?? obstacle
  const forRam = kmod === undefined ? '' : sentence`; for RAM, ${kmod}`
  const shown = { file: '/proc/iomem', line: 'all addresses are 0: they are hidden' }
  return {
    code: 'EREFUSED_STRICT_DEVMEM',
    reason: 'CONFIG_STRICT_DEVMEM forbids it: RAM, or a region that a driver claims (EPERM)',
    cure: sentence`for a region that a driver claims, unbind the driver or boot with iomem=relaxed${forRam}`,
    evidence: [...(hidden ? [shown] : []), ...configEvidence('CONFIG_STRICT_DEVMEM', system)],
  }
}

/**
 * arch/x86/mm/pat/memtype.c, phys_mem_access_prot_allowed(): only without STRICT_DEVMEM is RAM left
 * to it. Newer kernels (6.16 and later) no longer ask.
 */
function explainPat(ram: Resource, system: System): Refusal {
  return {
    code: 'EREFUSED_PAT',
    reason: 'it is RAM, and the page attribute table forbids a second mapping of it (EINVAL)',
    ...withKmod(system, ['boot with nopat']),
    evidence: [resourceEvidence(ram), ...configEvidence('CONFIG_STRICT_DEVMEM', system)],
  }
}

/**
 * arch/x86/mm/pat/memtype.c, reserve_pfn_range(): the kernel has it cached already, as it has the
 * tables of the firmware, and all mappings of a page must be of one type. mmap_mem() says EAGAIN.
 */
function explainMemoryType(address: number, known: readonly Resource[], system: System): Refusal {
  const line = readKernelLog(system.files).findLast((one) => isTypeConflict(one, address))
  const region = known.at(-1)
  return {
    code: 'EREFUSED_MEMTYPE',
    reason: 'the kernel maps it cached, and x86 allows no uncached mapping beside that (EAGAIN)',
    cure: sentence`map it cached, as ${{ act: 'read' }} does: /dev/mem opened without O_SYNC`,
    evidence: [
      ...(region ? [resourceEvidence(region)] : []),
      ...(line === undefined ? [] : [{ file: '/dev/kmsg', line }]),
    ],
  }
}

const TYPE_CONFLICT =
  /map pfn expected mapping type \S+ for \[mem 0x([0-9a-f]{1,16})-0x([0-9a-f]{1,16})\], got /

function isTypeConflict(line: string, address: number): boolean {
  const [, start = '', end = ''] = TYPE_CONFLICT.exec(line) ?? []
  return Number.parseInt(start, 16) <= address && address <= Number.parseInt(end, 16)
}

/** The word that lifts the protection of claimed regions, where the kernel was started with it. */
function relaxed(system: System): Evidence[] {
  const words = readCommandLine(system.files).all('iomem')
  const [last] = words.slice(-1)
  return last?.value === 'relaxed' ? [{ file: '/proc/cmdline', line: last.text }] : []
}
