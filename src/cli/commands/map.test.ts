import { afterAll, describe, expect, it } from 'vitest'
import type { Region } from '../../inventory/region.ts'
import { FakeRoot } from '../../linux/testing/fake-root.ts'
import { addedMemory } from '../testing/machines.ts'
import { type RunInTest, run } from '../testing/run.ts'

const pc = FakeRoot.recorded('x86_64-6.12')
afterAll(() => pc[Symbol.dispose]())

const onPc = (line: string, options: RunInTest = {}) => run(line, { root: pc.path, ...options })

describe('a map on a terminal', () => {
  const options = { columns: 72, unicode: false }
  const words = (text: string) => text.split(/\s+/).join(' ')

  it.each(['map --no-picture', 'map 0xfebd1234 --no-picture'])(
    'is broken at its width: %s',
    async (line) => {
      const piped = await onPc(line, options)
      const shown = await onPc(line, { ...options, terminal: true })
      expect(Math.max(...piped.out.split('\n').map((row) => row.length))).toBeGreaterThan(72)
      expect(shown.out.split('\n').filter((row) => row.length > 72)).toEqual([])
      expect(words(shown.out)).toBe(words(piped.out))
    },
  )

  it('is one line a region elsewhere, whatever the width is said to be', async () => {
    const narrow = await onPc('map --no-picture', { ...options, columns: 30 })
    expect(narrow).toEqual(await onPc('map --no-picture', { ...options, columns: 300 }))
  })
})

describe('map', () => {
  it('does not count windows of CXL as devices, nor what is behind them', async () => {
    using root = addedMemory()
    const { memory } = JSON.parse((await run('map --json', { root: root.path })).out)
    const kinds = (regions: Region[]): string[] =>
      regions.flatMap(({ name, kind, children = [] }) => [`${name} ${kind}`, ...kinds(children)])
    expect(kinds(memory)).toEqual([
      'System RAM ram',
      'CXL Window 0 bus',
      'region0 device',
      'dax0.0 device',
      'System RAM (kmem) ram',
      'CXL Window 1 bus',
      'virtio0 device',
      'System RAM (virtio_mem) ram',
      'Persistent Memory device',
      'namespace0.0 device',
    ])
  })

  it('says where the address of a register by name is shown', async () => {
    expect((await onPc('map UART0.FR')).err).toMatch(
      /^physmem: "UART0.FR" is not a place: .*\n {2}hint: map takes places; physmem describe UART0.FR shows where a register is\n$/,
    )
  })

  it('shows the space, the tree of it, and the ports', async () => {
    const { code, out, err } = await onPc('map')
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out.split('\n').slice(0, 15)).toEqual([
      '▒███▒░░░▒▒▒██████▒▒▒░░░░░░▓▓▓▓▓░░░░░░▓▓▓░▓▓░░░▓▓▓░░░▓··▓··▒▒···▒▒▒██████░░░░░░░',
      '│0x00000000│     │0x7ffe0000   │0xc0000000 │0xfe963000 │0xfed00000│',
      '           │0x00100000                                            │0x100000000',
      '█ RAM 3 GiB   ▓ devices 258.4 MiB   ▒ reserved 661 KiB   ░ bus windows 33.7 GiB',
      '· nothing known',
      '',
      'memory',
      ' 0x00000000-0x00000fff       4 KiB  Reserved',
      ' 0x00001000-0x0009fbff     635 KiB  System RAM',
      ' 0x0009fc00-0x000fffff     385 KiB  Reserved',
      ' 0x000a0000-0x000bffff     128 KiB  ├─ PCI Bus 0000:00',
      ' 0x000c0000-0x000c0dff     3.5 KiB  ├─ Video ROM',
      ' 0x000f0000-0x000fffff      64 KiB  └─ System ROM',
      ' 0x00100000-0x7ffdffff       2 GiB  System RAM',
      ' 0x01000000-0x01ffffff      16 MiB  ├─ Kernel code',
    ])
    expect(out).toContain(
      ' 0xfe940000-0xfe95ffff     128 KiB  ├─ 0000:00:06.0  pci:0000:00:06.0/bar0  driver e1000\n' +
        ' 0xfe940000-0xfe95ffff     128 KiB  │  └─ e1000\n' +
        ' 0xfe960000-0xfe9600ff   256 bytes  ├─ 0000:00:05.0  pci:0000:00:05.0/bar0\n',
    )
    expect(out).toContain(
      '\nI/O ports\n0x0000-0x0cf7   3320 ports  PCI Bus 0000:00\n' +
        '0x0000-0x001f     32 ports  ├─ dma1\n',
    )
  })

  it('leaves out what it is told to leave out', async () => {
    const { out } = await onPc('map --no-picture --no-ports')
    expect(out.startsWith('memory\n 0x00000000-0x00000fff ')).toBe(true)
    expect(out).not.toContain('ports')
    const quiet = (await onPc('map --quiet')).out
    expect(quiet.startsWith(' 0x00000000-0x00000fff ')).toBe(true)
    expect(quiet).toContain('\n0x0000-0x0cf7   3320 ports  PCI Bus 0000:00\n')
  })

  it('keeps to ASCII where the locale has no more, and to the width of the terminal', async () => {
    const { out } = await onPc('map', { unicode: false, columns: 60 })
    expect(out).toMatch(/^[\n -~]*$/)
    const lines = out.split('\n')
    const picture = lines.slice(0, lines.indexOf(''))
    for (const line of picture) expect(line.length).toBeLessThan(60)
    expect(picture[0]).toHaveLength(59)
    expect(out).toContain('|  `- e1000\n')
  })

  it('has colours where they are allowed, and is the same without them', async () => {
    const wide = { terminal: true, columns: 160 }
    const { out } = await onPc('map', { ...wide, colors: true })
    expect(out).toContain(
      '├─ \x1b[33m0000:00:06.0\x1b[0m  \x1b[36mpci:0000:00:06.0/bar0\x1b[0m  driver e1000\n',
    )
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what an escape is.
    expect(out.replace(/\x1b\[\d+m/g, '')).toBe((await onPc('map', wide)).out)
  })

  it('prints JSON', async () => {
    const { memory, ports, ...rest } = JSON.parse((await onPc('map --json')).out)
    expect(rest).toEqual({ command: 'map', problems: [] })
    const window = memory.find(({ start }: { start: number }) => start === 0xc000_0000)
    expect(window.children[2]).toEqual({
      ...{ start: 0xfe94_0000, end: 0xfe95_ffff, length: 0x2_0000, name: '0000:00:06.0' },
      ...{ kind: 'device', source: 'iomem', driver: 'e1000', places: ['pci:0000:00:06.0/bar0'] },
      facts: [
        { kind: 'bar', device: '0000:00:06.0', bar: 0, prefetchable: false, driver: 'e1000' },
      ],
      children: [
        {
          ...{ start: 0xfe94_0000, end: 0xfe95_ffff, length: 0x2_0000, name: 'e1000' },
          ...{ kind: 'device', source: 'iomem', places: ['iomem:"e1000"'] },
          ...{ facts: [], children: [] },
        },
      ],
    })
    expect(ports[0]).toMatchObject({ start: 0, end: 0xcf7, kind: 'bus', source: 'ioports' })
  })

  it('says what is hidden, and what it shows instead', async () => {
    using root = FakeRoot.recorded('x86_64-6.12', 'user')
    const { code, out, err } = await run('map --no-picture', { root: root.path })
    expect(code).toBe(0)
    expect(err).toMatch(
      /^physmem: \/proc\/iomem and \/proc\/ioports hide the addresses: this process lacks the capability CAP_SYS_ADMIN; shown is RAM from \/sys\/firmware\/memmap, and what \/sys gives\n {2}cure: .*\n$/,
    )
    expect(out).toContain(' 0x00100000-0x7ffdffff       2 GiB  System RAM\n')
    expect(out).toContain('  0000:00:06.0  pci:0000:00:06.0/bar0  driver e1000\n')
    expect((await run('map --quiet', { root: root.path })).err).toBe('')
  })

  it('says what is wrong with the device tree, and shows the rest', async () => {
    using root = new FakeRoot()
      .put('proc/iomem', '00001000-00001fff : one\n')
      .put('sys/firmware/fdt', 'no tree')
    const { code, out, err } = await run('map --no-picture', { root: root.path })
    expect({ code, out }).toEqual({
      code: 0,
      out: 'memory\n0x00001000-0x00001fff  4 KiB  one\n',
    })
    expect(err).toMatch(/^physmem: the device tree is not completely shown: .*fdt.*\n$/)
  })

  it('says when there is nothing', async () => {
    using root = new FakeRoot()
    const err = 'physmem: nothing is known: neither /proc nor /sys gives any address\n'
    expect(await run('map', { root: root.path })).toEqual({ code: 3, out: '', err })
  })

  it.each([60, 80])('breaks no place on a terminal of %i columns', async (columns) => {
    const { out } = await onPc('map', { terminal: true, columns })
    const wide = await onPc('map')
    const places = wide.out.match(/(?:pci|uio|iomem):(?:"[^"]*"|\S)+/g) ?? []
    expect(places.length).toBeGreaterThan(5)
    for (const place of places) expect(out).toContain(place)
    // What is longer is a name in a column of its own.
    const long = out.split('\n').filter((row) => row.length > columns)
    expect(long.filter((row) => places.some((place) => row.includes(place)))).toEqual([])
    const board = await run('map -t sim:', { terminal: true, columns })
    expect(board.out.split('\n').filter((row) => row.length > columns)).toEqual([])
    expect(board.out.replace(/\s+/g, ' ')).toContain('reads as 1 for the 20 ms it takes')
  })

  it('begins at one column what goes on below on a narrow terminal', async () => {
    const { out } = await run('map --no-picture -t sim:', { terminal: true, columns: 50 })
    const indents = out.split('\n').flatMap((row) => /^ +/.exec(row)?.[0].length ?? [])
    expect([...new Set(indents)]).toEqual([30])
  })

  it('has what is said of the registers of a board in one column', async () => {
    const { out } = await run('map -t sim:')
    const at = (text: string) =>
      out
        .split('\n')
        .find((row) => row.includes(text))
        ?.indexOf(text)
    expect(at('Baud rate, whole part')).toBeGreaterThan(40)
    for (const text of ['Seconds', 'Levels seen', 'Interrupts; bit 0', 'Clock, after the Arm']) {
      expect([text, at(text)]).toEqual([text, at('Baud rate, whole part')])
    }
  })
})
