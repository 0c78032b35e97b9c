import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { PhysmemError } from '../base/errors.ts'
import { MappedMemory } from '../engine/mapped.ts'
import { FakeRoot } from '../linux/testing/fake-root.ts'
import { NO_MODULES } from '../refusal/testing/roots.ts'
import { openDevMem } from './devmem.ts'

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
    openDevMem('read', root.system)
  } catch (error) {
    return error as PhysmemError
  }
  throw new Error('it was opened')
}

describe('openDevMem', () => {
  it('is all that the CPU can address', () => {
    root.put('proc/cpuinfo', 'address sizes\t: 46 bits physical, 48 bits virtual\n')
    const source = openDevMem('write', root.system)
    expect(source).toMatchObject({ name: root.at('dev/mem'), base: 0, length: 2 ** 46 })
    source.close()
  })

  it('can be read and written', async () => {
    await using memory = new MappedMemory(openDevMem('write', root.system))
    await memory.write32(0x1004, 0x12345678)
    expect(await memory.read8(0x1007)).toBe(0x12)
  })

  it('says that there is none', () => {
    using empty = new FakeRoot()
    expect(() => openDevMem('read', empty.system)).toThrow(
      `${empty.at('dev/mem')} cannot be opened for reading: there is no such node: the kernel has no /dev/mem, or a container hides it`,
    )
    expect(refused('ENOENT')).toMatchObject({
      code: 'EREFUSED_NO_DEVMEM',
      data: {
        cure: `use a kernel with CONFIG_DEVMEM=y, or run outside of the container${NO_MODULES}`,
      },
    })
  })

  it.each([
    [
      'ENXIO',
      'EREFUSED_NO_DEVMEM',
      'the kernel was built without CONFIG_DEVMEM (ENXIO)',
      `use a kernel with CONFIG_DEVMEM=y${NO_MODULES}`,
    ],
    ['EACCES', 'EPERMISSION', 'its permissions do not allow it (EACCES)', 'run it as root'],
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
      `${root.at('dev/mem')} cannot be opened for reading: the kernel is locked down (integrity), most likely by Secure Boot (EPERM)`,
    )
    expect([code, data.cure]).toEqual([
      'EREFUSED_LOCKDOWN',
      "boot with Secure Boot off, unless the kernel's log names another cause",
    ])
    root.lockdown('[none] integrity confidentiality')
    expect(refused('EPERM').code).toBe('EPERMISSION')
  })
})

it('says why an address cannot be mapped', () => {
  const source = openDevMem('read', root.system)
  source.close()
  expect(source.explain('EPERM', 0x100_0000)).toMatchObject({
    code: 'EREFUSED_STRICT_DEVMEM',
    evidence: [{ file: '/proc/iomem', line: '00100000-2ffdffff : System RAM' }],
  })
})
