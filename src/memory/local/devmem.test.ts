import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { PhysmemError } from '../../errors.ts'
import { FakeRoot } from '../../linux/testing/fake-root.ts'
import { openDevMem } from './devmem.ts'
import { MappedMemory } from './mapped.ts'

/** What the system answers to `open`, which a test cannot make it do. */
const system = vi.hoisted(() => ({ errno: undefined as string | undefined }))

vi.mock('node:fs', async (importActual) => {
  const fs = await importActual<typeof import('node:fs')>()
  const openSync: typeof fs.openSync = (path, flags, mode) => {
    if (system.errno === undefined) return fs.openSync(path, flags, mode)
    throw Object.assign(new Error(system.errno), { code: system.errno })
  }
  return { ...fs, openSync }
})

const iomem = `00001000-0009fbff : System RAM
00100000-2ffdffff : System RAM
  01000000-01e01d31 : Kernel code
fed00000-fed003ff : HPET 0
  fed00000-fed003ff : PNP0103:00
`

let root: FakeRoot

beforeEach(() => {
  root = new FakeRoot().put('dev/mem', new Uint8Array(8192)).put('proc/iomem', iomem)
})

afterEach(() => {
  system.errno = undefined
  root[Symbol.dispose]()
})

function refused(errno?: string): Pick<PhysmemError, 'code' | 'message' | 'data'> {
  system.errno = errno
  try {
    openDevMem('read', root.path)
  } catch (error) {
    return error as PhysmemError
  }
  throw new Error('it was opened')
}

describe('openDevMem', () => {
  it('is all that the CPU can address', () => {
    root.put('proc/cpuinfo', 'address sizes\t: 46 bits physical, 48 bits virtual\n')
    const source = openDevMem('write', root.path)
    expect(source).toMatchObject({ name: root.at('dev/mem'), base: 0, length: 2 ** 46 })
    source.close()
  })

  it('can be read and written', async () => {
    await using memory = new MappedMemory(openDevMem('write', root.path))
    await memory.write32(0x1004, 0x12345678)
    expect(await memory.read8(0x1007)).toBe(0x12)
  })

  it('says that there is none', () => {
    using empty = new FakeRoot()
    expect(() => openDevMem('read', empty.path)).toThrow(
      `${empty.at('dev/mem')} cannot be opened for reading: there is no such node: the kernel has no /dev/mem, or a container hides it`,
    )
    expect(refused('ENOENT')).toMatchObject({
      code: 'EREFUSED_NO_DEVMEM',
      data: { cure: 'use a kernel with CONFIG_DEVMEM=y, or run outside of the container' },
    })
  })

  it.each([
    [
      'ENXIO',
      'EREFUSED_NO_DEVMEM',
      'the kernel was built without CONFIG_DEVMEM (ENXIO)',
      undefined,
    ],
    ['EACCES', 'EPERMISSION', 'its permissions do not let this user (EACCES)', 'run it as root'],
    [
      'EPERM',
      'EPERMISSION',
      'this process lacks the capability CAP_SYS_RAWIO (EPERM)',
      'run it as root, outside of a user namespace',
    ],
    ['EMFILE', 'EOPEN', 'EMFILE', undefined],
  ])('explains %s', (errno, code, reason, cure) => {
    const error = refused(errno)
    expect(error.message).toBe(`${root.at('dev/mem')} cannot be opened for reading: ${reason}`)
    expect([error.code, error.data.cure]).toEqual([code, cure])
  })

  it('knows a kernel that is locked down', () => {
    root.lockdown('none [integrity] confidentiality')
    const { code, message, data } = refused('EPERM')
    expect(message).toBe(
      `${root.at('dev/mem')} cannot be opened for reading: the kernel is locked down (integrity), as Secure Boot makes it (EPERM)`,
    )
    expect([code, data.cure]).toEqual([
      'EREFUSED_LOCKDOWN',
      'boot without lockdown= and with Secure Boot off',
    ])
    root.lockdown('[none] integrity confidentiality')
    expect(refused('EPERM').code).toBe('EPERMISSION')
  })
})

describe('why /dev/mem cannot be mapped', () => {
  function explain(errno: string, address: number) {
    const source = openDevMem('read', root.path)
    source.close()
    return source.explain(errno, address)
  }

  it('tells RAM that the kernel protects', () => {
    expect(explain('EPERM', 0x100_0000)).toEqual({
      code: 'EREFUSED_STRICT_DEVMEM',
      reason:
        'it is RAM, which a kernel with CONFIG_STRICT_DEVMEM does not let /dev/mem reach (EPERM)',
      cure: 'reserve the range at boot (memmap=), or use a kernel without CONFIG_STRICT_DEVMEM',
    })
  })

  it('tells who claims a region', () => {
    expect(explain('EPERM', 0xfed0_0010)).toEqual({
      code: 'EREFUSED_BUSY',
      reason:
        '"PNP0103:00" claims it, and CONFIG_IO_STRICT_DEVMEM protects claimed regions (EPERM)',
      cure: 'unbind its driver, or boot with iomem=relaxed',
    })
  })

  it('tells both where nothing is known of the address', () => {
    const unknown = {
      code: 'EREFUSED_STRICT_DEVMEM',
      reason: 'CONFIG_STRICT_DEVMEM forbids it: RAM, or a region that a driver claims (EPERM)',
      cure: 'for a region that a driver claims, unbind the driver or boot with iomem=relaxed',
    }
    expect(explain('EPERM', 0xe000_0000)).toEqual(unknown)
    root.put('proc/iomem', '00000000-00000000 : System RAM\n')
    expect(explain('EPERM', 0x100_0000)).toEqual(unknown)
  })

  it('tells what the page attributes of x86 forbid', () => {
    expect(explain('EINVAL', 0x100_0000)).toEqual({
      code: 'EREFUSED_PAT',
      reason: 'it is RAM, and the page attribute table forbids a second mapping of it (EINVAL)',
      cure: 'boot with nopat',
    })
    expect(explain('EINVAL', 0xfed0_0000)).toEqual({
      code: 'EREFUSED',
      reason: 'mmap failed with EINVAL',
    })
  })

  it('says what it does not know, plainly', () => {
    expect(explain('EAGAIN', 0)).toEqual({
      code: 'EREFUSED',
      reason: 'mmap failed with EAGAIN',
    })
  })

  it('never throws, whatever the kernel says', () => {
    const errno = fc.oneof(fc.constantFrom('EPERM', 'EINVAL'), fc.string())
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), errno, fc.maxSafeNat(), (text, name, address) => {
        root.put('proc/iomem', text)
        expect(explain(name, address).reason).not.toBe('')
      }),
      { numRuns: 25 },
    )
  })
})
