import { afterAll, describe, expect, it } from 'vitest'
import { FakeRoot } from '../../linux/testing/fake-root.ts'
import { TestFolder } from '../testing/files.ts'
import { printed, run } from '../testing/run.ts'
import { accessesOf, recordedSim } from '../testing/sim.ts'

const pc = FakeRoot.recorded('x86_64-6.12')
const board = FakeRoot.recorded('aarch64-6.12')
afterAll(() => {
  pc[Symbol.dispose]()
  board[Symbol.dispose]()
})

const onPc = (line: string) => run(line, { root: pc.path })

describe('list', () => {
  it('shows places, addresses, sizes, drivers and what else is known', async () => {
    const { code, out, err } = await onPc('list')
    expect({ code, err }).toEqual({ code: 0, err: '' })
    const lines = out.split('\n')
    expect(lines.slice(0, 10)).toEqual([
      'pci:0000:00:04.0/bar0              0xfe800000      1 MiB  uio_edu',
      'pci:0000:00:06.0/bar0              0xfe940000    128 KiB  e1000',
      'pci:0000:00:05.0/bar0              0xfe960000  256 bytes',
      'pci:0000:00:1e.0/bar1              0xfe961000      4 KiB  virtio-pci',
      'pci:0000:00:1f.2/bar5              0xfe962000      4 KiB',
      'pci:0000:00:05.0/bar2              0xfea00000      1 MiB              prefetchable',
      'pci:0000:00:1e.0/bar4              0xfeb00000     16 KiB  virtio-pci  prefetchable',
      'uio:edu/regs                       0xfe800000      1 MiB  uio_edu     uio0/map0',
      'iomem:"Video ROM"                  0x000c0000    3.5 KiB',
      'iomem:"System ROM"                 0x000f0000     64 KiB',
    ])
    expect(lines).toContain(
      'port:0x60                              0x0060     1 port              keyboard',
    )
  })

  it.each([
    [
      'e1000',
      'pci:0000:00:06.0/bar0  0xfe940000   128 KiB  e1000',
      'iomem:"e1000"          0xfe940000   128 KiB',
      'port:0xc000                0xc000  64 ports  e1000  pci:0000:00:06.0 BAR 1',
    ],
    ['PCI: Virtio bar4', 'pci:0000:00:1e.0/bar4  0xfeb00000  16 KiB  virtio-pci  prefetchable'],
    ['hpet -q', 'iomem:"HPET 0"'],
    ['pci: virtio-pci --quiet', 'pci:0000:00:1e.0/bar1', 'pci:0000:00:1e.0/bar4', 'port:0xc040'],
  ])('keeps what has all words: %s', async (words, ...lines) => {
    expect(await onPc(`list ${words}`)).toEqual(printed(...lines))
  })

  it('shows the nodes of the device tree', async () => {
    expect(await run('list arm,pl', { root: board.path })).toEqual(
      printed(
        'dt:/pl011@9000000  0x09000000  4 KiB  uart-pl011  arm,pl011 arm,primecell',
        'dt:serial0         0x09000000  4 KiB  uart-pl011  arm,pl011 arm,primecell',
        'dt:/pl031@9010000  0x09010000  4 KiB  rtc-pl031   arm,pl031 arm,primecell',
        'dt:rtc0            0x09010000  4 KiB  rtc-pl031   arm,pl031 arm,primecell',
        'dt:/pl061@9030000  0x09030000  4 KiB  pl061_gpio  arm,pl061 arm,primecell',
        'dt:gpio0           0x09030000  4 KiB  pl061_gpio  arm,pl061 arm,primecell',
      ),
    )
  })

  it('shows each address of a board once, and in columns what the board says of it', async () => {
    expect(await run('list uart0.I -t sim:')).toEqual(
      printed(
        '0x09000024  4 bytes  uart0.IBRD  read-write  Baud rate, whole part',
        '0x09000038  4 bytes  uart0.IMSC  read-write  Interrupt mask',
      ),
    )
    const { out } = await run('list -t sim:')
    const lines = out.trimEnd().split('\n')
    expect(lines.slice(0, 2)).toEqual([
      '0x00000000   64 KiB  boot              rom',
      '0x09000000  4 bytes  uart0.DR          read-write  Data (console)',
    ])
    expect(lines).toContain('0x1000002c  4 bytes  demo.EVENT_FORCE  read-write  write-1-to-set')
    expect(lines).toContain(
      '0x10000030  4 bytes  demo.TICKS        read-only   Microseconds (counter)',
    )
  })

  it('shows those of a file', async () => {
    const file = board.at('sys/firmware/fdt')
    expect(await run(`list dtb:${file} PL011 --quiet`)).toEqual(
      printed(`dtb:${file}:/pl011@9000000`, `dtb:${file}:serial0`),
    )
  })

  it('prints JSON', async () => {
    expect(JSON.parse((await onPc('list pci: e1000 --json')).out)).toEqual({
      command: 'list',
      problems: [],
      places: [
        {
          ...{
            kind: 'pci',
            place: 'pci:0000:00:06.0/bar0',
            address: 0xfe94_0000,
            length: 0x2_0000,
          },
          ...{ driver: 'e1000' },
        },
        {
          ...{ kind: 'port', place: 'port:0xc000', address: 0xc000, length: 64 },
          ...{ driver: 'e1000', device: '0000:00:06.0', bar: 1 },
        },
      ],
    })
  })

  it('says when there is none, with exit 3', async () => {
    const err = 'physmem: nothing here has zebra in it\n'
    expect(await onPc('list zebra')).toEqual({ code: 3, out: '', err })
    expect(await onPc('list zebra -q')).toEqual({ code: 3, out: '', err: '' })
    expect(await onPc('list zebra --json')).toEqual({
      ...{ code: 3, out: '{"command":"list","problems":[],"places":[]}\n', err: '' },
    })
    using root = new FakeRoot()
    expect(await run('list', { root: root.path })).toEqual({
      ...{ code: 3, out: '', err: 'physmem: no place has a name\n' },
    })
  })

  it('has the BARs and the nodes also where addresses are hidden', async () => {
    using root = FakeRoot.recorded('aarch64-6.12', 'namespace')
    const { code, out, err } = await run('list e1000', { root: root.path })
    expect(code).toBe(0)
    expect(out).toContain('pci:0000:00:06.0/bar0  0x10140000  128 KiB  e1000\n')
    expect(err).toContain('this process is in a user namespace, where no capability shows them')
  })
})

it('says of the file of a device tree how it is listed', async () => {
  using folder = new FakeRoot().put('board.dtb', '')
  const file = folder.at('board.dtb')
  expect((await run(`list ${file} uart`, { root: pc.path })).err).toBe(
    `physmem: nothing here has ${file} uart in it, did you mean dtb:${file}?\n`,
  )
})

it('says of dt: that this machine has no device tree', async () => {
  expect(await run('list dt:', { root: pc.path })).toEqual({
    code: 3,
    out: '',
    err: 'physmem: dt: cannot be looked up: this machine has no device tree (there is neither /sys/firmware/devicetree nor /sys/firmware/fdt)\n',
  })
})

describe('list of registers by name', () => {
  const chip =
    'blocks: { UART0: { base: 0x40001000, registers: { DR: { offset: 0, description: "Data" }, FR: { offset: 0x18, access: read-only } } }, UART1: { base: 0x40002000, registers: { DR: 0 } } }'

  it('shows place, size, name, access and what for, and accesses nothing', async () => {
    const memory = await recordedSim()
    expect(await run(['list', 'gpio*.D?R', 'demo.C*', '-t', 'sim:'], { memory })).toEqual(
      printed(
        '0x09030004  4 bytes  gpio.DIR      read-write  1 for output',
        '0x10000020  4 bytes  demo.CONTROL  read-write  Bits 6:4 mode; bit 7 starts the work and reads as 1 for the 20 ms it takes',
        '0x10000024  4 bytes  demo.COMMAND  write-only',
      ),
    )
    expect(accessesOf(memory)).toEqual([])
  })

  it('tells who may access a register, and what a load does, as describe does', async () => {
    const { out } = await run('list BROKEN -t sim:')
    expect(out).toBe(
      '0x1000003c  4 bytes  demo.BROKEN  read-write  Answers with a bus error (fault)\n',
    )
    const effect = 'read-write  Answers with a bus error (reading it ends in a bus error)'
    expect(await run('list demo.BRO* -t sim:')).toEqual(
      printed(`0x1000003c  4 bytes  demo.BROKEN  ${effect}`),
    )
    expect(await run('describe demo.*N -t sim:')).toEqual(
      printed(
        'demo.VERSION  0x10000004  32 bits  read-only   1.2',
        `demo.BROKEN   0x1000003c  32 bits  ${effect}`,
      ),
    )
  })

  it.each(['list', 'describe', 'read'])('%s cuts what for on a terminal alone', async (command) => {
    const long = 'Bits of this and that, of which there are more than anybody would care for'
    const folder = new TestFolder()
    const fields = `fields: { F: { bits: 3:0, description: ${JSON.stringify(`${long}. More.`)} } }`
    const registers = `A: { offset: 0x8, description: ${JSON.stringify(long)}, ${fields} }, B: 0xc`
    const file = folder.file(
      'chip.yaml',
      `blocks: { X: { base: 0x10000000, registers: { ${registers} } } }`,
    )
    const words = command === 'read' ? 'X.A' : 'X.*'
    const line = [command, words, '--chip', file, '-t', 'sim:']
    const piped = (await run(line)).out
    const onTerminal = (await run(line, { terminal: true, columns: 80 })).out
    expect(piped).toContain(long)
    expect(piped).not.toContain('…')
    const lines = onTerminal.split('\n')
    expect(lines.find((one) => one.includes('…'))).toHaveLength(80)
    expect(onTerminal).not.toContain(long)
    expect((await run(line, { terminal: true, columns: 200 })).out).toBe(piped)
  })

  it('of a chip file, also all of it', async () => {
    const folder = new TestFolder()
    const file = folder.file('chip.yaml', chip)
    const { path } = pc
    expect(await run(`list UART0 --chip ${file}`, { root: path })).toEqual(
      printed(
        '0x40001000  4 bytes  UART0.DR  read-write  Data',
        '0x40001018  4 bytes  UART0.FR  read-only',
      ),
    )
    expect(await run(`list --chip ${file} -q`, { root: path })).toEqual(
      printed('UART0.DR', 'UART0.FR', 'UART1.DR'),
    )
    expect(await run(`list UART0.FR --chip ${file} --json`, { root: path })).toEqual(
      printed(
        `{"command":"list","problems":[],"places":[],"registers":[{"name":"UART0.FR","place":"0x40001018","address":1073745944,"width":32,"access":"read-only","description":"${file}"}]}`,
      ),
    )
  })

  it('passes over kinds of blocks, as long as another block fits', async () => {
    const folder = new TestFolder()
    const kinds =
      'blocks: { kind: { size: 8, registers: { A: 0 } }, KIND0: { is: kind, base: 0x40001000 } }'
    const file = folder.file('chip.yaml', kinds)
    const root = pc.path
    const all = printed('0x40001000  4 bytes  KIND0.A  read-write')
    expect(await run(`list --chip ${file}`, { root })).toEqual(all)
    expect(await run(['list', 'K*', '--chip', file], { root })).toEqual(all)
    expect(await run(['list', 'kin?', '--chip', file], { root })).toEqual({
      ...{ code: 2, out: '' },
      err: 'physmem: kind is a kind of block, but nothing says where one is: name the place, as in kind@0x40000000\n',
    })
  })

  it('of a board file, where no place has the words', async () => {
    const folder = new TestFolder()
    folder.file('chip.yaml', chip)
    const PHYSMEM_BOARD = folder.file('physmem.yaml', 'chip: chip.yaml')
    const refused = (err: string) => ({ code: 2, out: '', err: `physmem: ${err}\n` })
    const options = { root: pc.path, env: { PHYSMEM_BOARD } }
    expect(await run('list UART1', options)).toEqual(
      printed('0x40002000  4 bytes  UART1.DR  read-write'),
    )
    expect(await run('list e1000 -q', options)).toEqual(
      printed('pci:0000:00:06.0/bar0', 'iomem:"e1000"', 'port:0xc000'),
    )
    expect(await run('list UART7', options)).toEqual({
      ...{ code: 3, out: '', err: 'physmem: nothing here has UART7 in it, did you mean UART0?\n' },
    })
    expect(await run('list UART1 -q --verbose', options)).toEqual({
      ...printed('UART1.DR'),
      err: `physmem: board file: ${PHYSMEM_BOARD} (PHYSMEM_BOARD)\n`,
    })
    expect(await run('list UART7 UART8', options)).toEqual({
      ...{ code: 3, out: '', err: 'physmem: nothing here has UART7 UART8 in it\n' },
    })
    expect(await run(['list', 'UART7*'], options)).toEqual(
      refused(`no register of ${folder.path}/chip.yaml matches "UART7*"`),
    )
    expect(await run(['list', 'UART0.FR:TXFE'], options)).toEqual(
      refused(
        'list shows whole registers, but TXFE is a part of UART0.FR: describe UART0.FR shows its fields',
      ),
    )
  })

  it('of devices that the machine names', async () => {
    expect(await run(['list', 'serial*.FR', 'serial*.CR'], { root: board.path })).toEqual(
      printed(
        'dt:serial0+0x18  4 bytes  serial0.FR  read-only   Flags',
        'dt:serial0+0x30  4 bytes  serial0.CR  read-write  Control',
      ),
    )
  })
})
