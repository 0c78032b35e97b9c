import { type Resource, readIomem, resourcesAt } from '../linux/iomem.ts'
import { rawIoRefusal } from './capability.ts'
import { lockdownRefusal } from './lockdown.ts'
import type { Refusal } from './refusal.ts'

/**
 * Why /dev/mem could not be opened: drivers/char/mem.c, open_port() and memory_open().
 * `undefined` for an errno that says nothing of /dev/mem.
 */
export function explainDevMemOpen(errno: string, root: string): Refusal | undefined {
  switch (errno) {
    case 'ENOENT':
      return {
        code: 'EREFUSED_NO_DEVMEM',
        reason: 'there is no such node: the kernel has no /dev/mem, or a container hides it',
        cure: 'use a kernel with CONFIG_DEVMEM=y, or run outside of the container',
      }
    case 'ENXIO':
      return {
        code: 'EREFUSED_NO_DEVMEM',
        reason: 'the kernel was built without CONFIG_DEVMEM (ENXIO)',
      }
    case 'EACCES':
      return {
        code: 'EPERMISSION',
        reason: 'its permissions do not let this user (EACCES)',
        cure: 'run it as root',
      }
    case 'EPERM':
      return lockdownRefusal(root) ?? rawIoRefusal()
    default:
      return undefined
  }
}

/**
 * Why a mapping of /dev/mem at an address was refused: drivers/char/mem.c, mmap_mem(): EPERM is
 * STRICT_DEVMEM; on RAM, EINVAL is x86's PAT.
 */
export function explainDevMemMap(errno: string, address: number, root: string): Refusal {
  const known = resourcesAt(readIomem(root), address)
  if (errno === 'EPERM') return explainStrict(known)
  if (errno === 'EINVAL' && isRam(known)) {
    return {
      code: 'EREFUSED_PAT',
      reason: 'it is RAM, and the page attribute table forbids a second mapping of it (EINVAL)',
      cure: 'boot with nopat',
    }
  }
  return { code: 'EREFUSED', reason: `mmap failed with ${errno}` }
}

function explainStrict(known: readonly Resource[]): Refusal {
  if (isRam(known)) {
    return {
      code: 'EREFUSED_STRICT_DEVMEM',
      reason:
        'it is RAM, which a kernel with CONFIG_STRICT_DEVMEM does not let /dev/mem reach (EPERM)',
      cure: 'reserve the range at boot (memmap=), or use a kernel without CONFIG_STRICT_DEVMEM',
    }
  }
  const owner = known.at(-1)
  if (owner) {
    return {
      code: 'EREFUSED_BUSY',
      reason: `"${owner.name}" claims it, and CONFIG_IO_STRICT_DEVMEM protects claimed regions (EPERM)`,
      cure: 'unbind its driver, or boot with iomem=relaxed',
    }
  }
  return {
    code: 'EREFUSED_STRICT_DEVMEM',
    reason: 'CONFIG_STRICT_DEVMEM forbids it: RAM, or a region that a driver claims (EPERM)',
    cure: 'for a region that a driver claims, unbind the driver or boot with iomem=relaxed',
  }
}

function isRam(known: readonly Resource[]): boolean {
  return known.some(({ name }) => name === 'System RAM')
}
