/** `map` of device trees in files, and of addresses on their buses. */
import { writeFileSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { blobOf } from '../../linux/device-tree/testing/builder.ts'
import { FakeRoot } from '../../linux/testing/fake-root.ts'
import { printed, run } from '../testing/run.ts'

const pc = FakeRoot.recorded('x86_64-6.12')
const board = FakeRoot.recorded('aarch64-6.12')
afterAll(() => {
  pc[Symbol.dispose]()
  board[Symbol.dispose]()
})

/** As a Raspberry Pi 4 has it: its manual names devices by addresses of the bus. */
function pi(root: FakeRoot): string {
  const cells = { '#address-cells': [1], '#size-cells': [1] }
  const uart = { reg: [0x7e20_1000, 0x200] }
  const soc = {
    ...cells,
    ranges: [0x7e00_0000, 0, 0xfe00_0000, 0x180_0000],
    'serial@7e201000': uart,
  }
  const tree = { '#address-cells': [2], '#size-cells': [1], soc }
  root.put('pi.dtb', blobOf(tree)).put('sys/firmware/fdt', blobOf(tree))
  return root.at('pi.dtb')
}

describe('map of an address of a bus', () => {
  it('says where the CPU has it, in a file', async () => {
    using root = new FakeRoot()
    const file = pi(root)
    expect(await run(`map dtb:${file} 0x7e201018`)).toEqual({
      code: 3,
      out:
        '0x7e201018  nothing is known to be there\n' +
        'above  0xfe201000-0xfe2011ff  512 bytes  serial@7e201000  starts 2 GiB after\n',
      err: 'physmem: 0x7e201018 is an address of the bus /soc: the CPU sees it at 0xfe201018\n',
    })
    const { busAddresses } = JSON.parse((await run(`map dtb:${file} 0x7e201018 --json`)).out)
    expect(busAddresses).toEqual([{ bus: '/soc', address: 0xfe20_1018 }])
    expect((await run(`map dtb:${file} 0xfe201018`)).err).toBe('')
  })

  it('says so on the machine, too: also where there is RAM, if a device is meant', async () => {
    using root = new FakeRoot().put('proc/iomem', '00000000-7fffffff : System RAM\n')
    pi(root)
    const on = async (address: string) => (await run(`map ${address}`, { root: root.path })).err
    expect(await on('0x7e201018')).toBe(
      'physmem: 0x7e201018 is an address of the bus /soc: the CPU sees it at 0xfe201018\n',
    )
    expect(await on('0x7e000000')).toBe('')
  })
})

const overlay = blobOf({
  'fragment@0': { target: [1], __overlay__: { 'uart@10': { reg: [0x10, 0x10] } } },
})

describe('an overlay', () => {
  it.each(['map', 'list'])('is said to be one by %s', async (command) => {
    using root = new FakeRoot().put('x.dtbo', overlay)
    const file = root.at('x.dtbo')
    expect(await run(`${command} dtb:${file}`)).toEqual({
      code: 3,
      out: '',
      err: `physmem: ${file} is an overlay: its nodes have no addresses before it is applied to a device tree\n`,
    })
    expect(JSON.parse((await run(`${command} dtb:${file} --json`)).out)).toMatchObject({
      overlay: true,
    })
  })
})

describe('map of an address or node of an overlay', () => {
  it.each([
    ['0x10', 3, '0x00000010  nothing is known to be there\n'],
    ['/fragment@0', 2, ''],
  ])('says what it is, too: %s', async (what, exitCode, shown) => {
    using root = new FakeRoot().put('x.dtbo', overlay)
    const file = root.at('x.dtbo')
    const { code, out, err } = await run(['map', `dtb:${file}`, what])
    expect({ code, out }).toEqual({ code: exitCode, out: shown })
    expect(err.split('\n')[0]).toBe(
      `physmem: ${file} is an overlay: its nodes have no addresses before it is applied to a device tree`,
    )
  })
})

describe('map of a device tree file', () => {
  it('says when no node of it has an address', async () => {
    using root = new FakeRoot().put('empty.dtb', blobOf({}))
    const file = root.at('empty.dtb')
    expect(await run(`map dtb:${file}`)).toEqual({
      code: 3,
      out: '',
      err: `physmem: nothing is known: no node of ${file} has an address\n`,
    })
  })
})

describe('map of a device tree in a file', () => {
  const file = () => board.at('sys/firmware/fdt')

  it('shows all of it', async () => {
    const { code, out } = await run(`map dtb:${file()} --no-picture`)
    expect(code).toBe(0)
    expect(out).toContain(
      '  0x09010000-0x09010fff        4 KiB  pl031@9010000        /pl031@9010000  rtc0\n',
    )
    expect(out).not.toContain('I/O ports')
  })

  it('tells an address or a node', async () => {
    const lines = [
      '0x09000018  pl011@9000000 + 0x18',
      '  0x09000000-0x09000fff  4 KiB  pl011@9000000  +0x18',
      'node    /pl011@9000000  arm,pl011  arm,primecell',
      `places  dtb:${file()}:/pl011@9000000+0x18`,
      `        dtb:${file()}:serial0+0x18`,
    ]
    expect(await run(`map dtb:${file()} 0x9000018`)).toEqual(printed(...lines))
    expect(await run(`map dtb:${file()} dtb:${file()}:serial0+0x18`)).toEqual(printed(...lines))
  })

  it.each(['/pl011@9000000+0x18', 'serial0+0x18'])(
    'tells a node by its name alone: %s',
    async (node) => {
      const { out } = await run(['map', `dtb:${file()}`, node])
      expect(out).toContain('0x09000018  pl011@9000000 + 0x18\n')
    },
  )

  it('tells a node of the file without what this machine has there', async () => {
    const expected = await run(`map dtb:${file()} 0x9000018`)
    expect(await run(`map dtb:${file()}:serial0+0x18`, { root: pc.path })).toEqual(expected)
  })

  it('does not bound another board by the CPU of this one', async () => {
    using root = new FakeRoot().put('proc/cpuinfo', 'address sizes\t: 36 bits physical\n')
    const reg = [0xf00, 0, 0, 0x1000]
    const cells = { '#address-cells': [2], '#size-cells': [2] }
    root.put('far.dtb', blobOf({ ...cells, uart: { reg } }))
    const { code, out } = await run(`map dtb:${root.at('far.dtb')}:/uart`, { root: root.path })
    expect({ code, first: out.split('\n')[0] }).toEqual({ code: 0, first: '0xf0000000000  uart' })
  })

  it.each([
    [
      'dt:serial0',
      'dt:serial0 is not in FILE: expected an address or a node of it after dtb:FILE, such as 0x9000000 or /soc/serial',
    ],
    [
      'ffffffff81000000',
      'ffffffff81000000 is not in FILE: expected an address or a node of it after dtb:FILE, such as 0x9000000 or /soc/serial',
    ],
    ['fed00000', '"fed00000" is not a place: did you mean 0xfed00000?'],
    ['/psc', 'there is no node /psc in FILE: did you mean psci?'],
  ])('refuses %s after it', async (text, message) => {
    const shown = (some: string) =>
      some.replaceAll('dtb:FILE', '\0').replaceAll('FILE', file()).replaceAll('\0', 'dtb:FILE')
    const { code, err } = await run(['map', `dtb:${file()}`, text])
    expect({ code, err }).toEqual({ code: 2, err: `physmem: ${shown(message)}\n` })
  })

  it('refuses what is none', async () => {
    const text = board.at('text.dtb')
    writeFileSync(text, 'no tree')
    const { code, out, err } = await run(`map dtb:${text}`)
    expect({ code, out }).toEqual({ code: 1, out: '' })
    expect(err).toContain('text.dtb')
  })
})
