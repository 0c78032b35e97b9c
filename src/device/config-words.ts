import { PhysmemError } from '../base/errors.ts'
import { localFiles } from '../engine/access-file.ts'
import type { LocalSystem, System } from '../linux/system.ts'
import { getElement, viewOf } from '../memory/elements.ts'

/** What everybody may read (drivers/pci/pci-sysfs.c, pci_read_config). */
const HEADER_BYTES = 64

/**
 * What `look` finds in a function's configuration space, of which it reads single words up to `length`,
 * the bytes that can be seen: more must never be read, since a load of one of virtio's words accesses
 * a BAR (VIRTIO 1.2, 4.1.4.9). On a machine whose nodes cannot be opened, of the header alone.
 * `undefined` for a space that is closed to this user.
 */
export async function configWords<T>(
  address: string,
  system: System | LocalSystem,
  look: (read32: (offset: number) => Promise<number>, length: number) => Promise<T>,
): Promise<T | undefined> {
  if (!('at' in system)) {
    const path = `/sys/bus/pci/devices/${address}/config`
    const bytes = system.files.bytes(path, HEADER_BYTES) ?? new Uint8Array()
    return look(async (offset) => Number(getElement(viewOf(bytes), offset, 32)), bytes.length)
  }
  const { openPciConfig } = await import('../ways/pci-config.ts')
  try {
    await using memory = await openPciConfig(address, 'read', localFiles(system))
    return await look((offset) => memory.read32(offset), memory.visible)
  } catch (error) {
    if (error instanceof PhysmemError) return undefined
    throw error
  }
}
