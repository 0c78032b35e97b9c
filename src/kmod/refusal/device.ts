import { type Act, sentence } from '../../base/cure.ts'
import type { Files } from '../../linux/files.ts'
import { readMemTotal } from '../../linux/meminfo.ts'
import type { System } from '../../linux/system.ts'
import { privilegeRefusal } from '../../refusal/capability.ts'
import { getKmod, isKmodLoaded } from '../../refusal/get-kmod.ts'
import { explainModules, explainNoModules } from '../../refusal/modules.ts'
import { permissionRefusal } from '../../refusal/permissions.ts'
import type { Refusal } from '../../refusal/refusal.ts'

const LOADED = '/sys/module/physmem'

const BUILD: Act = { act: 'build the module' }
const LOAD: Act = { act: 'load the module' }
const UNLOAD: Act = { act: 'unload the module' }
const ALLOCATE: Act = { act: 'allocate a buffer' }
const BIND: Act = { act: 'bind a driver', driver: 'uio_pci_generic' }

/**
 * Why /dev/physmem could not be opened: misc_open() of the kernel, and the module's own open.
 * `undefined` for an errno that says nothing of it.
 */
export function explainKmodOpen(errno: string, system: System): Refusal | undefined {
  switch (errno) {
    case 'ENOENT':
    case 'ENXIO':
    case 'ENODEV':
      return explainMissing(errno, system)
    case 'EACCES':
      return permissionRefusal(
        system,
        'a security module, or a file system mounted with nodev, forbids it',
      )
    case 'EPERM':
      return privilegeRefusal('CAP_SYS_RAWIO', system)
    default:
      return undefined
  }
}

function explainMissing(errno: string, system: System): Refusal {
  const code = 'EREFUSED_NO_KMOD'
  if (errno === 'ENOENT' && isKmodLoaded(system)) {
    return {
      code,
      reason: 'the module is loaded, but there is no node of it: a container hides it (ENOENT)',
      cure: 'run it outside of the container',
      evidence: [{ file: LOADED, line: 'exists' }],
    }
  }
  const reason = `the module of physmem is not loaded (${errno})`
  const modules = explainNoModules(system) ?? explainModules(system)
  if (modules === undefined) return { code, reason, cure: getKmod(system) }
  const { refusal } = modules
  return { ...refusal, code, reason: `${reason}, and cannot be: ${refusal.reason}` }
}

/** Why the module behind the node is not one that this physmem knows. */
export function explainKmodVersion(api: number, expected: number): Refusal {
  const older = api < expected
  return {
    code: 'EREFUSED_KMOD_VERSION',
    reason: `the loaded module is of ${older ? 'an older' : 'a newer'} physmem (its interface is ${api}, expected ${expected})`,
    cure: sentence`${older ? '' : 'update physmem, or '}take its own module: ${{ inOrder: [UNLOAD, BUILD, LOAD] }}`,
  }
}

/** Why a device did not tell its version: it is none of the module. */
export function explainKmodStranger(errno: string): Refusal {
  return {
    code: 'EREFUSED_KMOD_VERSION',
    reason: `this node does not belong to the module of physmem (${errno})`,
    cure: sentence`remove the node, and load the module again: ${{ inOrder: [UNLOAD, LOAD] }}`,
  }
}

/** What PHYSMEM_CHECK_MAP tells. */
export interface CheckedMap {
  refusal:
    | 'allowed'
    | 'wraps'
    | 'unaligned'
    | 'nothing there'
    | 'mixed'
    | 'caching conflict'
    | 'caching impossible'
    | 'claimed'
    | 'unusable'
  /** That of the mapping, or the one that is in the way. */
  caching: string
}

/** Why mmap of /dev/physmem was refused, by what the module says itself. */
export function explainKmodMap(
  name: string,
  checked: CheckedMap | undefined,
  system: System,
): Refusal {
  const errno = moduleErrno(name)
  if (errno === 'EPERM') return explainKmodCall(errno, system)
  const code = 'EREFUSED'
  switch (checked?.refusal) {
    case 'wraps':
      return { code, reason: `it is beyond the physical addresses of this CPU (${errno})` }
    case 'unaligned':
      return { code, reason: `it does not begin and end with a page (${errno})` }
    case 'nothing there':
      return { code, reason: `the kernel knows of nothing there (${errno})` }
    case 'mixed':
      return {
        code,
        reason: `the range has both RAM and other memory (${errno})`,
        cure: 'access the RAM and the rest separately',
      }
    case 'caching conflict':
      return {
        code: 'EREFUSED_CACHING',
        reason: `it is mapped ${checked.caching} already, and a page can have only one caching (${errno})`,
        cure: `map it ${checked.caching}`,
      }
    case 'caching impossible':
      return {
        code: 'EREFUSED_CACHING',
        reason: `device memory is never mapped write-back, nor write-combine where the CPU has none (${errno})`,
        cure: 'map it uncached',
      }
    case 'claimed':
      return explainClaimed(errno)
    case 'unusable':
      return explainUnusable(errno)
    default:
      return explainMapErrno(errno)
  }
}

function explainClaimed(errno: string): Refusal {
  return {
    code: 'EREFUSED_BUSY',
    reason: `a driver has claimed it, or a part of its page (${errno})`,
    cure: 'unbind the driver, which /proc/iomem names',
  }
}

function explainUnusable(errno: string): Refusal {
  const why = 'it is broken, offline, given back to the hypervisor, or not accepted'
  return { code: 'EREFUSED', reason: `it is RAM that must not be touched: ${why} (${errno})` }
}

/** Where the module would map the page that was asked about: it is another one of the mapping. */
function explainMapErrno(errno: string): Refusal {
  const code = 'EREFUSED'
  switch (errno) {
    case 'ENXIO':
      return { code, reason: 'the kernel knows of nothing in a part of it (ENXIO)' }
    case 'EXDEV':
      return { code, reason: 'the range has both RAM and other memory (EXDEV)' }
    case 'EBUSY':
      return {
        code: 'EREFUSED_CACHING',
        reason:
          'a part of it is mapped with another caching, and a page can have only one caching (EBUSY)',
      }
    case 'EOPNOTSUPP':
      return {
        code: 'EREFUSED_CACHING',
        reason: 'a part of it cannot have this caching (EOPNOTSUPP)',
      }
    case 'EADDRINUSE':
      return explainClaimed(errno)
    case 'EIO':
      return explainUnusable(errno)
    default:
      return { code, reason: `mmap failed with ${errno}` }
  }
}

/** Linux has one number for both names, which Node calls ENOTSUP: the module means EOPNOTSUPP. */
export function moduleErrno(errno: string): string {
  return errno === 'ENOTSUP' ? 'EOPNOTSUPP' : errno
}

/** Why a caching was not chosen: PHYSMEM_SET_CACHING. */
export function explainKmodCaching(errno: string, system: System): Refusal {
  if (errno !== 'EOPNOTSUPP') return explainKmodCall(errno, system)
  const reason = 'this CPU has no such caching (EOPNOTSUPP)'
  return { code: 'EREFUSED_CACHING', reason }
}

/** Why a call of /dev/physmem was refused, where its errno says no more than usual. */
export function explainKmodCall(errno: string, system: System): Refusal {
  if (errno === 'EPERM') return privilegeRefusal('CAP_SYS_RAWIO', system)
  return { code: 'EREFUSED', reason: `the module said ${errno}` }
}

/** What was asked of PHYSMEM_ALLOCATE; 0 stands for no limit, and for the alignment of a page. */
export interface AskedBuffer {
  length: number
  below: number
  alignment: number
}

/** Why no buffer was allocated: PHYSMEM_ALLOCATE. */
export function explainKmodAllocate(errno: string, asked: AskedBuffer, system: System): Refusal {
  switch (errno) {
    case 'ENOMEM':
      return explainNoRun(asked, system.files)
    case 'EINVAL':
      return {
        code: 'ERANGE',
        reason: 'the module takes no such length, limit or alignment (EINVAL)',
      }
    case 'EOPNOTSUPP':
      return { code: 'EREFUSED_CACHING', reason: 'this CPU has no such caching (EOPNOTSUPP)' }
    case 'EBUSY':
      return {
        code: 'EREFUSED_CACHING',
        reason: 'the free memory is mapped with another caching (EBUSY)',
        cure: 'unmap it, or ask for that caching',
      }
    default:
      return explainKmodCall(errno, system)
  }
}

function explainNoRun({ length, below, alignment }: AskedBuffer, files: Files): Refusal {
  const code = 'ENOMEMORY'
  const total = readMemTotal(files)
  if (total !== undefined && length > total) {
    const all = `${Math.floor(total / 2 ** 20)} MiB`
    const reason = `it is larger than this machine's memory (${all})`
    return { code, reason, cure: 'ask for less' }
  }
  const place = below === 0 && alignment === 0 ? '' : ' and meets the limits'
  return {
    code,
    reason: `no run of free memory is long enough${place} (ENOMEM)`,
    cure: 'ask for less, or sooner after boot',
  }
}

/**
 * Why cache lines were not worked on: PHYSMEM_CACHE. `ram`: whether the range is RAM in use; `device`:
 * whether it has memory of a device, where that is known.
 */
export function explainKmodCache(
  errno: string,
  ram: boolean,
  system: System,
  device?: boolean,
): Refusal {
  switch (errno) {
    case 'EPERM':
      if (!ram) return explainKmodCall(errno, system)
      return {
        code: 'EREFUSED',
        reason:
          'it is RAM that the kernel or a process may use: what was written to it and is in the cache only would be lost (EPERM)',
        cure: sentence`use a buffer: ${ALLOCATE}; or force it if you know whose memory it is`,
      }
    case 'ENXIO':
      return { code: 'EREFUSED', reason: 'the kernel knows of nothing there (ENXIO)' }
    case 'EBUSY':
      return {
        code: 'EREFUSED_CACHING',
        reason: 'it is mapped, but not write-back: there is nothing in the caches (EBUSY)',
      }
    case 'EADDRINUSE':
      return explainClaimed(errno)
    case 'EIO':
      return explainUnusable(errno)
    case 'EOPNOTSUPP':
      if (device === true) {
        return {
          code: 'EREFUSED',
          reason: 'it is device memory, which is never cached (EOPNOTSUPP)',
        }
      }
      return {
        code: 'EPLATFORM',
        reason:
          'device memory is never cached, or the module does not know the caches of this CPU (EOPNOTSUPP)',
      }
    default:
      return explainKmodCall(errno, system)
  }
}

/** Why the kernel address has no physical one: PHYSMEM_TRANSLATE. */
export function explainKmodTranslate(errno: string, system: System): Refusal {
  switch (errno) {
    case 'EFAULT':
      return { code: 'EUNMAPPED', reason: 'the kernel has nothing there (EFAULT)' }
    case 'EINVAL':
      return { code: 'ERANGE', reason: 'it is not an address of the kernel (EINVAL)' }
    default:
      return explainKmodCall(errno, system)
  }
}

/** Why a PCI function has no address for memory: PHYSMEM_GET_DMA. */
export function explainKmodDma(errno: string, system: System): Refusal {
  switch (errno) {
    case 'ENODEV':
      return { code: 'ENOPLACE', reason: 'there is no such PCI function (ENODEV)' }
    case 'ERANGE':
      return {
        code: 'ERANGE',
        reason: 'it is beyond what the function can address (ERANGE)',
        cure: sentence`allocate the buffer below that: belowAddress, ${{ option: 'below' }}`,
      }
    case 'EAGAIN':
      return {
        code: 'EREFUSED',
        reason: 'it has no driver, and this CPU sets up DMA only for a function with one (EAGAIN)',
        cure: sentence`bind one to it: ${BIND}`,
      }
    case 'EBUSY':
      return {
        code: 'EREFUSED',
        reason: 'its driver lets others decide what it reaches, as vfio does (EBUSY)',
        cure: sentence`map the memory there by vfio, or bind another driver: ${BIND}`,
      }
    case 'EXDEV':
      return {
        code: 'EREFUSED',
        reason: 'an IOMMU translates its addresses, and maps only buffers of the module (EXDEV)',
        cure: sentence`use a buffer: ${ALLOCATE}`,
      }
    default:
      return explainKmodCall(errno, system)
  }
}
