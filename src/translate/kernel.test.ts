import { existsSync, rmSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { PhysmemError } from '../base/errors.ts'
import { findSymbol } from '../linux/kallsyms.ts'
import { readKcoreHeaders } from '../linux/kcore.ts'
import { FakeRoot, recordedMachines } from '../linux/testing/fake-root.ts'
import { kcoreHeaders } from '../ways/testing/fake-kcore.ts'
import { translateKernel } from './kernel.ts'

function refused(at: bigint | string, root: FakeRoot): PhysmemError {
  try {
    translateKernel(at, root.system)
  } catch (thrown) {
    return thrown as PhysmemError
  }
  throw new Error('nothing was thrown')
}

const none = 2n ** 64n - 1n
const segments = [
  { virtual: 0xffff_c900_0000_0000n, physical: none, length: 0x1fff_ffff_ffffn, offset: 0x1000n },
  { virtual: 0xffff_ffff_8100_0000n, physical: 0x100_0000n, length: 0x200_0000n, offset: 0x2000n },
  { virtual: 0xffff_8880_0000_1000n, physical: 0x1000n, length: 0x9_e000n, offset: 0x3000n },
]
const symbols = [
  'ffffffff81000000 T _stext',
  'ffffffff82000010 D jiffies',
  'ffffffff82000010 D jiffies_64',
  'ffffc90000001000 t helper\t[e1000]',
  '0000000000012340 A current_task',
  'ffffffff81000100 t init_once',
  'ffffffff81000200 t init_once',
]

function machine(parts = segments, lines = symbols): FakeRoot {
  return new FakeRoot()
    .put('proc/kcore', kcoreHeaders(parts))
    .put('proc/kallsyms', lines.map((line) => `${line}\n`).join(''))
}

describe.each(recordedMachines)('the kernel of %s', (name) => {
  it('is where /proc/kcore says', () => {
    using root = FakeRoot.recorded(name)
    const found = translateKernel('_stext', root.system)
    expect(found.symbol?.name).toBe('_stext')
    // The same byte by the direct mapping of all RAM, which is another stretch of it.
    const direct = readKcoreHeaders(root.files).find(
      ({ physical, virtual, length }) =>
        physical !== undefined &&
        physical <= BigInt(found.address) &&
        BigInt(found.address) < physical + length &&
        !(virtual <= found.virtual && found.virtual < virtual + length),
    )
    const offset = BigInt(found.address) - (direct?.physical ?? 0n)
    const again = translateKernel((direct?.virtual ?? 0n) + offset, root.system)
    expect(again.address).toBe(found.address)
  })

  it('hides its symbols from users', () => {
    using root = FakeRoot.recorded(name, 'user')
    expect(findSymbol('_stext', root.files)[0]?.address).toBe(0n)
    expect(refused('_stext', root)).toMatchObject({
      code: 'EHIDDEN',
      message:
        'kernel:_stext cannot be looked up: the kernel hides the addresses of its symbols from this process (kptr_restrict)',
    })
  })
})

describe('an address of the kernel', () => {
  it('is in the stretch that has a physical address', () => {
    using root = machine()
    expect(translateKernel('jiffies', root.system)).toEqual({
      virtual: 0xffff_ffff_8200_0010n,
      address: 0x200_0010,
      length: 0xff_fff0,
      symbol: { address: 0xffff_ffff_8200_0010n, type: 'D', name: 'jiffies' },
    })
    expect(translateKernel(0xffff_8880_0009_efffn, root.system)).toMatchObject({
      address: 0x9_efff,
      length: 1,
    })
  })

  it('is found where the image lies in the stretch for vmalloc, as on arm64', () => {
    const image = {
      virtual: 0xffff_c900_1000_0000n,
      physical: 0x4000_0000n,
      length: 0x1000n,
      offset: 0n,
    }
    using root = machine([...segments, image])
    expect(translateKernel(0xffff_c900_1000_0010n, root.system).address).toBe(0x4000_0010)
  })

  it.each([
    [
      'of a module',
      'helper',
      'kernel:helper (0xffffc90000001000) has no known physical address: it is in memory that the kernel maps page by page (the module e1000), whose frames /proc/kcore does not give',
    ],
    [
      'of vmalloc',
      0xffff_c900_0000_0000n,
      'kernel:0xffffc90000000000 has no known physical address: it is in memory that the kernel maps page by page (modules and vmalloc), whose frames /proc/kcore does not give',
    ],
    [
      'of a variable that each CPU has',
      'current_task',
      'kernel:current_task (0x12340) has no known physical address: it is not an address: every CPU has its own of this variable (per-CPU), at this offset',
    ],
  ])('%s has none', (_, at, message) => {
    using root = machine()
    expect(refused(at, root)).toMatchObject({ code: 'ENOPHYSICAL', message })
  })

  it('outside of everything is refused', () => {
    using root = machine()
    expect(refused(0xffff_ffff_8300_0000n, root)).toMatchObject({
      code: 'EUNMAPPED',
      message:
        'kernel:0xffffffff83000000 has no known physical address: it is outside of the memory that /proc/kcore shows',
    })
  })

  it('has none on kernels before 4.11, which write 0', () => {
    using root = machine(segments.map((segment) => ({ ...segment, physical: 0n })))
    expect(refused('jiffies', root)).toMatchObject({
      code: 'ENOPHYSICAL',
      message:
        'kernel:jiffies (0xffffffff82000010) has no known physical address: the headers of /proc/kcore hold none, as on kernels before 4.11',
    })
  })
})

describe('a symbol', () => {
  it('that does not exist is guessed', () => {
    using root = machine()
    expect(refused('jiffes', root)).toMatchObject({
      code: 'ENOPLACE',
      message: 'the kernel has no symbol jiffes, did you mean jiffies?',
    })
  })

  it('may be one of the variables that a kernel does not show', () => {
    using root = machine(segments, ['ffffffff81000000 T _stext'])
    expect(refused('jiffies', root).message).toBe(
      'the kernel has no symbol jiffies; it shows functions only (no CONFIG_KALLSYMS_ALL)',
    )
    root.put('proc/kallsyms', 'ffffffff81000000 T _stext\nffffffff81000100 T jiffies_read\n')
    expect(refused('jiffies_64', root).message).toBe(
      'the kernel has no symbol jiffies_64; it shows functions only (no CONFIG_KALLSYMS_ALL), did you mean jiffies_read?',
    )
  })

  it('of several things is ambiguous', () => {
    using root = machine()
    expect(refused('init_once', root)).toMatchObject({
      code: 'ENOPLACE',
      message:
        'kernel:init_once is ambiguous: 2 symbols have this name, expected one of kernel:0xffffffff81000100, kernel:0xffffffff81000200',
    })
  })

  it('cannot be looked up where there are none', () => {
    using root = machine(segments, [])
    expect(refused('jiffies', root)).toMatchObject({
      code: 'ENOPLACE',
      message: 'kernel:jiffies cannot be looked up: the kernel shows no symbols (/proc/kallsyms)',
    })
  })
})

describe('/proc/kcore', () => {
  it('may be missing', () => {
    using root = machine()
    rmSync(root.at('proc/kcore'))
    expect(existsSync(root.at('proc/kcore'))).toBe(false)
    expect(refused('jiffies', root)).toMatchObject({
      code: 'EREFUSED_NO_KCORE',
      message:
        'kernel:jiffies (0xffffffff82000010) cannot be looked up: /proc/kcore cannot be opened: there is no such file: the kernel was built without CONFIG_PROC_KCORE, or a container hides it (ENOENT)',
    })
  })

  it('may be masked by a container', () => {
    using root = machine().put('proc/kcore', '')
    expect(refused('jiffies', root)).toMatchObject({
      code: 'EREFUSED_NO_KCORE',
      message:
        'kernel:jiffies (0xffffffff82000010) cannot be looked up: /proc/kcore cannot be read: it is empty, since a container hides it',
    })
  })
})
