import { closeSync } from 'node:fs'
import { join } from 'node:path'
import { physicalAddressBits } from '../../linux/cpu.ts'
import { type Resource, readIomem, resourcesAt } from '../../linux/iomem.ts'
import { openNode } from './open-node.ts'
import { lockdownRefusal } from './refusal.ts'
import type { MapSource, Mode, Refusal } from './source.ts'

/** The physical memory of this machine, as far as the kernel lets /dev/mem reach it. */
export function openDevMem(mode: Mode, root = '/'): MapSource {
  const name = join(root, 'dev/mem')
  const { fd } = openNode(name, mode, (errno) => explainOpen(errno, root))
  return {
    name,
    fd,
    mode,
    base: 0,
    length: 2 ** physicalAddressBits(root),
    regularFile: false,
    explain: (errno, address) => explainMapping(errno, address, root),
    close: () => closeSync(fd),
  }
}

/** drivers/char/mem.c, open_port() and memory_open(). */
function explainOpen(errno: string, root: string): Refusal | undefined {
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
      return (
        lockdownRefusal(root) ?? {
          code: 'EPERMISSION',
          reason: 'this process lacks the capability CAP_SYS_RAWIO (EPERM)',
          cure: 'run it as root, outside of a user namespace',
        }
      )
    default:
      return undefined
  }
}

/** drivers/char/mem.c, mmap_mem(): EPERM is STRICT_DEVMEM; on RAM, EINVAL is x86's PAT. */
function explainMapping(errno: string, address: number, root: string): Refusal {
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
