import { PhysmemError } from '../base/errors.ts'
import { localFiles } from '../engine/access-file.ts'
import type { LocalSystem, System } from '../linux/system.ts'
import { getElement, viewOf } from '../memory/elements.ts'
import { capabilityRefusal } from '../refusal/capability.ts'

/** What everybody may read (drivers/pci/pci-sysfs.c, pci_read_config). */
const HEADER_BYTES = 64

/** Of a machine far away, behind the header: no function has so many capabilities. */
const MOST_WORDS = 150

/**
 * What `look` finds in a function's configuration space, of which it reads single words up to `length`,
 * the bytes that can be seen: more must never be read, since a load of one of virtio's words accesses
 * a BAR (VIRTIO 1.2, 4.1.4.9). On a machine whose nodes cannot be opened, and that is not far away, of
 * the header alone.
 * `undefined` for a space that is closed to this user.
 */
export async function configWords<T>(
  address: string,
  system: System | LocalSystem,
  look: (read32: (offset: number) => Promise<number>, length: number) => Promise<T>,
): Promise<T | undefined> {
  if (!('at' in system)) return await lookInFacts(address, system, look)
  const { openPciConfig } = await import('../ways/pci-config.ts')
  try {
    await using memory = await openPciConfig(address, 'read', localFiles(system))
    return await look((offset) => memory.read32(offset), memory.visible)
  } catch (error) {
    if (error instanceof PhysmemError) return undefined
    throw error
  }
}

async function lookInFacts<T>(
  address: string,
  system: System,
  look: (read32: (offset: number) => Promise<number>, length: number) => Promise<T>,
): Promise<T> {
  const { files } = system
  const path = `/sys/bus/pci/devices/${address}/config`
  const header = files.bytes(path, HEADER_BYTES) ?? new Uint8Array()
  const hasWords = files.word !== undefined && header.length === HEADER_BYTES
  const isOpen = hasWords && capabilityRefusal('CAP_SYS_ADMIN', system) === undefined
  const size = isOpen ? (files.status(path)?.size ?? 0) : 0
  let words = 0
  const read32 = async (offset: number) => {
    if (offset < HEADER_BYTES) return Number(getElement(viewOf(header), offset, 32))
    words += 1
    const word = words > MOST_WORDS ? undefined : files.word?.(path, offset)
    return word === undefined ? 0 : Number(getElement(viewOf(word), 0, 32))
  }
  return await look(read32, Math.max(header.length, size))
}
