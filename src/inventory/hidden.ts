import { ADDRESS_LIMIT } from '../base/limits.ts'
import { readFirmwareMap } from '../linux/firmware-map.ts'
import { addressesHidden, type Resource, readIomem } from '../linux/iomem.ts'
import { readKcoreHeaders } from '../linux/kcore.ts'
import type { System } from '../linux/system.ts'
import { wordCure } from '../wording/cure.ts'

/** Why the kernel tells this process no addresses, and what of them is known all the same. */
export interface Hidden {
  /** One line, to follow "…: ". */
  reason: string
  /** What to do about it, one sentence. */
  cure?: string
  /** Where the map of RAM was taken from instead, if it could be. */
  ramFrom?: '/sys/firmware/memmap' | '/proc/kcore'
}

/** What /proc/iomem says, or what stands in for it. */
export interface KnownMemory {
  resources: Resource[]
  source: 'iomem' | 'firmware' | 'kcore'
  hidden?: Hidden
}

/**
 * The lines of /proc/iomem. Where the kernel hides their addresses, the map that the firmware gave
 * it, which on x86 everybody may read; else RAM as the program headers of /proc/kcore tell it,
 * which ask for CAP_SYS_RAWIO only, and not for CAP_SYS_ADMIN.
 */
export async function readKnownMemory(system: System): Promise<KnownMemory> {
  const resources = readIomem(system.files)
  if (!addressesHidden(resources)) return { resources, source: 'iomem' }
  const { hiddenAddresses } = await import('../refusal/iomem.ts')
  const { reason, cure } = hiddenAddresses(system)
  const why = { reason, ...(cure === undefined ? {} : { cure: wordCure(cure) }) }
  const firmware = readFirmwareMap(system.files)
  if (firmware.length > 0) {
    const hidden: Hidden = { ...why, ramFrom: '/sys/firmware/memmap' }
    return { resources: firmware, source: 'firmware', hidden }
  }
  const ram = ramOfKcore(system)
  const hidden: Hidden = { ...why, ...(ram.length === 0 ? {} : { ramFrom: '/proc/kcore' }) }
  return { resources: ram, source: 'kcore', hidden }
}

/** The stretches of RAM in the headers of /proc/kcore, joined where they meet or overlap. */
function ramOfKcore(system: System): Resource[] {
  const stretches = readKcoreHeaders(system.files)
    .flatMap(({ physical, length }) => {
      if (physical === undefined || length === 0n) return []
      const last = physical + length - 1n
      return last < BigInt(ADDRESS_LIMIT) ? [{ start: Number(physical), last: Number(last) }] : []
    })
    .sort((a, b) => a.start - b.start)
  const joined: Resource[] = []
  for (const { start, last } of stretches) {
    const before = joined.at(-1)
    if (before !== undefined && start <= before.last + 1) before.last = Math.max(before.last, last)
    else joined.push({ start, last, name: 'System RAM', depth: 0 })
  }
  return joined
}
