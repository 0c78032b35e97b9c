import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { systemAt } from '../../engine/system-at.ts'
import { FakeRoot } from '../../linux/testing/fake-root.ts'
import { asking, built, NO_RAWIO } from '../../refusal/testing/roots.ts'
import { worded } from '../../refusal/testing/worded.ts'
import {
  explainKmodAllocate,
  explainKmodCache,
  explainKmodCaching,
  explainKmodCall,
  explainKmodDma,
  explainKmodMap,
  explainKmodOpen,
  explainKmodStranger,
  explainKmodTranslate,
  explainKmodVersion,
} from './device.ts'

const asked = { length: 4096, below: 0, alignment: 0 }
let root: FakeRoot
beforeEach(() => {
  root = asking(new FakeRoot()).put('proc/modules', '')
})
afterEach(() => root[Symbol.dispose]())

const open = (errno: string) => explainKmodOpen(errno, root.system)

describe('why /dev/physmem cannot be opened', () => {
  it.each(['ENOENT', 'ENXIO', 'ENODEV'])('is that the module is not loaded (%s)', (errno) => {
    expect(worded(open(errno))).toEqual({
      code: 'EREFUSED_NO_KMOD',
      reason: `the module of physmem is not loaded (${errno})`,
      cure: 'build and load the module: physmem kmod build && physmem kmod load',
    })
  })

  it('is that it cannot be loaded, either', () => {
    root.put('proc/sys/kernel/modules_disabled', '1\n')
    expect(open('ENOENT')).toEqual({
      code: 'EREFUSED_NO_KMOD',
      reason:
        'the module of physmem is not loaded (ENOENT), and cannot be: loading modules is switched off until the next boot (EPERM)',
      cure: 'reboot; something wrote 1 to modules_disabled',
      evidence: [{ file: '/proc/sys/kernel/modules_disabled', line: '1' }],
    })
  })

  it('is a container, where the module is loaded', () => {
    root.folder('sys/module/physmem')
    expect(open('ENOENT')).toEqual({
      code: 'EREFUSED_NO_KMOD',
      reason: 'the module is loaded, but there is no node of it: a container hides it (ENOENT)',
      cure: 'run it outside of the container',
      evidence: [{ file: '/sys/module/physmem', line: 'exists' }],
    })
  })

  it('is its permissions', () => {
    asking(root, { uid: 1000, effective: '0' })
    expect(open('EACCES')).toMatchObject({
      code: 'EPERMISSION',
      reason: 'its permissions do not allow it (EACCES)',
      cure: 'run it as root',
    })
  })

  it('is a capability', () => {
    asking(root, { effective: NO_RAWIO })
    expect(open('EPERM')).toMatchObject({
      code: 'EPERMISSION',
      reason: 'this process lacks the capability CAP_SYS_RAWIO (EPERM)',
      cure: 'run it as root, outside of a user namespace',
    })
  })

  it('is a user namespace', () => {
    asking(root, { uidMap: '0 1000 1' })
    expect(open('EPERM')).toMatchObject({
      code: 'EPERMISSION',
      reason:
        'this process is in a user namespace, where no capability counts for physical memory (EPERM)',
    })
  })

  it('is lockdown', () => {
    root.lockdown('none [integrity] confidentiality').put('proc/cmdline', 'lockdown=integrity\n')
    const refusal = {
      code: 'EREFUSED_LOCKDOWN',
      reason: 'the kernel is locked down (integrity), as its command line asks (EPERM)',
      cure: 'boot without lockdown=',
    }
    expect(open('EPERM')).toMatchObject(refusal)
    expect(explainKmodCall('EPERM', root.system)).toMatchObject(refusal)
    expect(explainKmodMap('EPERM', undefined, root.system)).toMatchObject(refusal)
  })

  it('is left to others for what says nothing of it', () => {
    expect(open('EMFILE')).toBeUndefined()
  })

  it('is another version', () => {
    expect(worded(explainKmodVersion(1, 2))).toEqual({
      code: 'EREFUSED_KMOD_VERSION',
      reason: 'the loaded module is of an older physmem (its interface is 1, expected 2)',
      cure: 'take its own module: physmem kmod unload && physmem kmod build && physmem kmod load',
    })
    expect(worded(explainKmodVersion(3, 2))).toEqual({
      code: 'EREFUSED_KMOD_VERSION',
      reason: 'the loaded module is of a newer physmem (its interface is 3, expected 2)',
      cure: 'update physmem, or take its own module: physmem kmod unload && physmem kmod build && physmem kmod load',
    })
    expect(worded(explainKmodStranger('ENOTTY'))).toEqual({
      code: 'EREFUSED_KMOD_VERSION',
      reason: 'this node does not belong to the module of physmem (ENOTTY)',
      cure: 'remove the node, and load the module again: physmem kmod unload && physmem kmod load',
    })
  })
})

describe('why /dev/physmem does not map', () => {
  const map = (errno: string, refusal: Parameters<typeof explainKmodMap>[1]) =>
    explainKmodMap(errno, refusal, root.system)

  it.each([
    ['wraps', 'EINVAL', 'EREFUSED', 'it is beyond the physical addresses of this CPU (EINVAL)'],
    ['unaligned', 'EINVAL', 'EREFUSED', 'it does not begin and end with a page (EINVAL)'],
    ['nothing there', 'ENXIO', 'EREFUSED', 'the kernel knows of nothing there (ENXIO)'],
    ['mixed', 'EXDEV', 'EREFUSED', 'the range has both RAM and other memory (EXDEV)'],
    [
      'caching conflict',
      'EBUSY',
      'EREFUSED_CACHING',
      'it is mapped write-combine already, and a page can have only one caching (EBUSY)',
    ],
    [
      'caching impossible',
      'EOPNOTSUPP',
      'EREFUSED_CACHING',
      'device memory is never mapped write-back, nor write-combine where the CPU has none (EOPNOTSUPP)',
    ],
    [
      'claimed',
      'EADDRINUSE',
      'EREFUSED_BUSY',
      'a driver has claimed it, or a part of its page (EADDRINUSE)',
    ],
    [
      'unusable',
      'EIO',
      'EREFUSED',
      'it is RAM that must not be touched: it is broken, offline, given back to the hypervisor, or not accepted (EIO)',
    ],
    ['allowed', 'ENOMEM', 'EREFUSED', 'mmap failed with ENOMEM'],
    [
      'allowed',
      'EADDRINUSE',
      'EREFUSED_BUSY',
      'a driver has claimed it, or a part of its page (EADDRINUSE)',
    ],
    [
      'allowed',
      'EIO',
      'EREFUSED',
      'it is RAM that must not be touched: it is broken, offline, given back to the hypervisor, or not accepted (EIO)',
    ],
    ['allowed', 'ENXIO', 'EREFUSED', 'the kernel knows of nothing in a part of it (ENXIO)'],
    ['allowed', 'EXDEV', 'EREFUSED', 'the range has both RAM and other memory (EXDEV)'],
    [
      'allowed',
      'EBUSY',
      'EREFUSED_CACHING',
      'a part of it is mapped with another caching, and a page can have only one caching (EBUSY)',
    ],
    [
      'allowed',
      'ENOTSUP',
      'EREFUSED_CACHING',
      'a part of it cannot have this caching (EOPNOTSUPP)',
    ],
  ] as const)('is what the module says: %s', (refusal, errno, code, reason) => {
    expect(map(errno, { refusal, caching: 'write-combine' })).toMatchObject({ code, reason })
  })

  it('has a cure where there is one', () => {
    const cure = (refusal: 'mixed' | 'caching conflict' | 'caching impossible' | 'claimed') =>
      map('EBUSY', { refusal, caching: 'uncached' }).cure
    expect(cure('mixed')).toBe('access the RAM and the rest separately')
    expect(cure('caching conflict')).toBe('map it uncached')
    expect(cure('caching impossible')).toBe('map it uncached')
    expect(cure('claimed')).toBe('unbind the driver, which /proc/iomem names')
  })

  it('is the errno, where the module says nothing', () => {
    expect(map('ENOMEM', undefined).reason).toBe('mmap failed with ENOMEM')
  })
})

describe('why a call is refused', () => {
  it('is told by each errno', () => {
    const { path } = root
    expect(explainKmodAllocate('ENOMEM', asked, systemAt(path))).toEqual({
      code: 'ENOMEMORY',
      reason: 'no run of free memory is long enough (ENOMEM)',
      cure: 'ask for less, or sooner after boot',
    })
    for (const place of [{ below: 2 ** 32 }, { alignment: 0x10000 }]) {
      expect(explainKmodAllocate('ENOMEM', { ...asked, ...place }, systemAt(path)).reason).toBe(
        'no run of free memory is long enough and meets the limits (ENOMEM)',
      )
    }
    root.put('proc/meminfo', 'MemTotal:        1048577 kB\n')
    const all = { ...asked, length: 1048577 * 1024 }
    expect(explainKmodAllocate('ENOMEM', all, systemAt(path)).reason).toContain('no run')
    expect(
      explainKmodAllocate('ENOMEM', { ...all, length: all.length + 1 }, systemAt(path)),
    ).toEqual({
      code: 'ENOMEMORY',
      reason: "it is larger than this machine's memory (1024 MiB)",
      cure: 'ask for less',
    })
    expect(explainKmodAllocate('EINVAL', asked, systemAt(path))).toEqual({
      code: 'ERANGE',
      reason: 'the module takes no such length, limit or alignment (EINVAL)',
    })
    expect(explainKmodAllocate('EMFILE', asked, systemAt(path)).reason).toBe(
      'the module said EMFILE',
    )
    expect(worded(explainKmodCache('EPERM', true, systemAt(path)))).toEqual({
      code: 'EREFUSED',
      reason:
        'it is RAM that the kernel or a process may use: what was written to it and is in the cache only would be lost (EPERM)',
      cure: 'use a buffer: physmem buffer alloc; or force it if you know whose memory it is',
    })
    expect(explainKmodCache('EPERM', false, systemAt(path)).code).toBe('EPERMISSION')
    expect(explainKmodCache('ENXIO', false, systemAt(path)).reason).toBe(
      'the kernel knows of nothing there (ENXIO)',
    )
    expect(worded(explainKmodCache('EOPNOTSUPP', false, systemAt(path)))).toEqual({
      code: 'EPLATFORM',
      reason:
        'device memory is never cached, or the module does not know the caches of this CPU (EOPNOTSUPP)',
    })
    expect(worded(explainKmodCache('EBUSY', false, systemAt(path)))).toEqual({
      code: 'EREFUSED_CACHING',
      reason: 'it is mapped, but not write-back: there is nothing in the caches (EBUSY)',
    })
    expect(explainKmodAllocate('EOPNOTSUPP', asked, systemAt(path))).toEqual({
      code: 'EREFUSED_CACHING',
      reason: 'this CPU has no such caching (EOPNOTSUPP)',
    })
    expect(explainKmodAllocate('EBUSY', asked, systemAt(path))).toEqual({
      code: 'EREFUSED_CACHING',
      reason: 'the free memory is mapped with another caching (EBUSY)',
      cure: 'unmap it, or ask for that caching',
    })
    expect(worded(explainKmodCache('EOPNOTSUPP', false, systemAt(path), true))).toEqual({
      code: 'EREFUSED',
      reason: 'it is device memory, which is never cached (EOPNOTSUPP)',
    })
    expect(worded(explainKmodCache('EADDRINUSE', false, systemAt(path)))).toEqual({
      code: 'EREFUSED_BUSY',
      reason: 'a driver has claimed it, or a part of its page (EADDRINUSE)',
      cure: 'unbind the driver, which /proc/iomem names',
    })
    expect(worded(explainKmodCache('EIO', false, systemAt(path)))).toEqual({
      code: 'EREFUSED',
      reason:
        'it is RAM that must not be touched: it is broken, offline, given back to the hypervisor, or not accepted (EIO)',
    })
    expect(explainKmodCaching('EOPNOTSUPP', systemAt(path))).toEqual({
      code: 'EREFUSED_CACHING',
      reason: 'this CPU has no such caching (EOPNOTSUPP)',
    })
    expect(explainKmodCaching('EIO', systemAt(path)).reason).toBe('the module said EIO')
    expect(explainKmodTranslate('EFAULT', systemAt(path))).toEqual({
      code: 'EUNMAPPED',
      reason: 'the kernel has nothing there (EFAULT)',
    })
    expect(explainKmodTranslate('EINVAL', systemAt(path))).toEqual({
      code: 'ERANGE',
      reason: 'it is not an address of the kernel (EINVAL)',
    })
    expect(worded(explainKmodDma('ENODEV', systemAt(path)))).toEqual({
      code: 'ENOPLACE',
      reason: 'there is no such PCI function (ENODEV)',
    })
    expect(worded(explainKmodDma('ERANGE', systemAt(path)))).toEqual({
      code: 'ERANGE',
      reason: 'it is beyond what the function can address (ERANGE)',
      cure: 'allocate the buffer below that: belowAddress, --below',
    })
    expect(worded(explainKmodDma('EAGAIN', systemAt(path)))).toEqual({
      code: 'EREFUSED',
      reason: 'it has no driver, and this CPU sets up DMA only for a function with one (EAGAIN)',
      cure: 'bind one to it: physmem bind … uio_pci_generic',
    })
    expect(worded(explainKmodDma('EBUSY', systemAt(path)))).toEqual({
      code: 'EREFUSED',
      reason: 'its driver lets others decide what it reaches, as vfio does (EBUSY)',
      cure: 'map the memory there by vfio, or bind another driver: physmem bind … uio_pci_generic',
    })
    expect(worded(explainKmodDma('EXDEV', systemAt(path)))).toEqual({
      code: 'EREFUSED',
      reason: 'an IOMMU translates its addresses, and maps only buffers of the module (EXDEV)',
      cure: 'use a buffer: physmem buffer alloc',
    })
    expect(explainKmodDma('EIO', systemAt(path)).reason).toBe('the module said EIO')
    expect(explainKmodTranslate('EIO', systemAt(path)).reason).toBe('the module said EIO')
  })

  it('is privilege for EPERM', () => {
    built(asking(root, { effective: NO_RAWIO }))
    expect(explainKmodAllocate('EPERM', asked, root.system).code).toBe('EPERMISSION')
  })
})
