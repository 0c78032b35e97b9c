import { describe, expect, it } from 'vitest'
import { testBytes } from '../cli/testing/files.ts'
import { run } from '../cli/testing/run.ts'
import { blobOf } from '../linux/device-tree/testing/builder.ts'
import { FakeRoot } from '../linux/testing/fake-root.ts'
import { parsePlace } from '../place/index.ts'
import { isBytewise } from './element.ts'

/** Registers at 0x604, by every name that they have. */
function machine(): FakeRoot {
  const tree = blobOf({ '#address-cells': [1], '#size-cells': [1], regs: { reg: [0x604, 0x100] } })
  return new FakeRoot()
    .put('proc/iomem', '00000000-00000fff : Reserved\n  00000604-00000703 : regs\n')
    .put('sys/firmware/fdt', tree)
    .put('dev/mem', testBytes(4096))
    .uio(0, 'edu')
    .uioMap(0, 0, { name: 'regs', addr: '0x0', size: '0x1000', offset: '0x604' })
}

const namesOf = ({ path }: FakeRoot) => [
  'uio:edu/regs',
  'iomem:regs',
  'dt:/regs',
  `dtb:${path}/sys/firmware/fdt:/regs`,
]

describe('alignment', () => {
  it('is that of the physical address, by every name', () => {
    using root = machine()
    for (const name of namesOf(root)) {
      const bytewise = (offset: number, unaligned?: boolean) =>
        isBytewise(parsePlace(`${name}+${offset}`), 64, { unaligned, system: root.system })
      expect([bytewise(4), bytewise(12, false), bytewise(0, true), bytewise(8, true)]).toEqual([
        false,
        false,
        true,
        true,
      ])
      expect(() => bytewise(8, false)).toThrow(
        expect.objectContaining({
          code: 'EALIGN',
          message: expect.stringMatching(
            /\+0x8 is 4 bytes past a multiple of 8 in physical memory: a 64-bit access needs 0x4 or 0xc$/,
          ),
        }),
      )
    }
  })

  it('is that of a symbol of the kernel', () => {
    using root = new FakeRoot().put('proc/kallsyms', 'ffffffff81000604 D counter\n')
    const bytewise = (place: string) => isBytewise(parsePlace(place), 64, { system: root.system })
    expect(bytewise('kernel:counter+4')).toBe(false)
    expect(() => bytewise('kernel:counter')).toThrow('4 bytes past a multiple of 8')
  })

  it('is so for what is read', async () => {
    using root = machine()
    for (const name of namesOf(root).slice(1)) {
      const read = (rest: string) => run(`read ${name}${rest} -w 64`, { root: root.path })
      const plain = await run('read 0x608 -w 64 -q', { root: root.path })
      expect(await read('+4 -q')).toEqual(plain)
      expect(await read(' --unaligned')).toMatchObject({
        code: 0,
        err: expect.stringMatching(/ is not aligned to 64 bits: accessed as 8 single bytes\n$/),
      })
    }
    expect(await run('read iomem:regs -w 64', { root: root.path })).toEqual({
      code: 2,
      out: '',
      err:
        'physmem: iomem:"regs" is 4 bytes past a multiple of 8 in physical memory: a 64-bit access needs 0x4\n' +
        '  hint: use --width 32, or --unaligned to access it byte by byte\n',
    })
  })

  it('leaves it to what finds the place to say that there is none', async () => {
    using root = machine()
    for (const name of ['uio:edu/none', 'iomem:none', 'dt:/none', 'dtb:/none:/regs']) {
      expect(isBytewise(parsePlace(name), 64, { system: root.system })).toBe(false)
    }
    expect(await run('read iomem:rags -w 64', { root: root.path })).toEqual({
      code: 2,
      out: '',
      err: 'physmem: no resource of /proc/iomem is named "rags": did you mean "regs"?\n',
    })
  })
})
