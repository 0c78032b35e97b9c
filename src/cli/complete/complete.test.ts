import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FakeRoot } from '../../linux/testing/fake-root.ts'
import { registry } from '../registry.ts'
import { BuiltCli } from '../testing/built.ts'
import { TestFolder } from '../testing/files.ts'
import { run } from '../testing/run.ts'
import { has } from '../testing/terminal.ts'
import { offer } from './candidates.ts'

const folder = new TestFolder()

/** A root folder with a PCI device and a UIO device. */
function machine(): string {
  const put = (path: string, text: string) => {
    const file = join(folder.path, path)
    mkdirSync(join(file, '..'), { recursive: true })
    writeFileSync(file, text)
  }
  const none = '0x0000000000000000 0x0000000000000000 0x0000000000000000\n'
  put(
    'sys/bus/pci/devices/0000:00:04.0/resource',
    `0x00000000febd0000 0x00000000febdffff 0x0000000000040200\n0x0000c000 0x0000c0ff 0x40101\n${none.repeat(4)}`,
  )
  put('sys/bus/pci/devices/0000:00:05.0/resource', none.repeat(6))
  put('sys/class/uio/uio0/name', 'edu\n')
  const map = { name: 'regs', addr: '0xfebd0000', size: '0x1000', offset: '0x0' }
  for (const [key, text] of Object.entries(map)) {
    put(`sys/class/uio/uio0/maps/map0/${key}`, `${text}\n`)
  }
  put('ram.bin', '')
  put('rooms/x', '')
  return folder.path
}

const root = machine()

const schemes = ['pci:', 'uio:', 'iomem:', 'dt:', 'dtb:', 'pid:', 'kernel:', 'port:', 'file:']

async function texts(...words: string[]): Promise<string[]> {
  const { candidates, files } = await offer(words, registry, root)
  return [...candidates.map(({ text }) => text), ...(files ? [':file'] : [])]
}

describe('what completes a word', () => {
  it('commands', async () => {
    expect(await texts('wa')).toEqual(['wait', 'watch'])
    expect(await texts('--json', '--target', 'sim:', 'comp')).toEqual(['compare', 'completion'])
    expect(await texts('')).not.toContain('__complete')
    expect(await texts('hel')).toEqual(['help'])
    expect(await texts('help', 'wa')).toEqual(['wait', 'watch'])
    expect(await texts('help', 'wait', '')).toEqual([])
  })

  it('no command that a simulated board refuses', async () => {
    const refused = ['buffer', 'translate', 'owners', 'bind', 'kmod']
    const here = await texts('')
    const there = await texts('-t', 'sim:', '')
    expect(here.filter((name) => !there.includes(name))).toEqual(refused)
    const offered = await offer(['b'], registry, root, 'sim:')
    expect(offered.candidates.map(({ text }) => text)).toEqual(['batch'])
    expect(await texts('-t', 'sim:', 'help', 'bi')).toEqual(['bind'])
    const env = { PHYSMEM_TARGET: 'sim:' }
    expect((await run(['__complete', '--', 'tr'], { env })).out).toBe('')
    expect((await run(['__complete', '--', '-t', 'local', 'tr'], { env })).out).toMatch(
      /^translate/,
    )
  })

  it('of kinds of place, those that the command takes', async () => {
    const but = (...kinds: string[]) => schemes.filter((scheme) => !kinds.includes(scheme))
    expect(await texts('owners', '')).toEqual(but('port:', 'file:'))
    expect(await texts('owners', '0', 'po')).toEqual([])
    expect(await texts('cache', 'clean', '')).toEqual(but('port:'))
    expect(await texts('map', '')).toEqual(but('file:'))
    expect(await texts('doctor', '')).toEqual(schemes)
    expect(await texts('-t', 'sim:', 'map', '')).toEqual([])
    expect(await texts('-t', 'sim:', 'doctor', '')).toEqual([])
    expect(await texts('-t', 'sim:', 'cache', 'clean', '')).toEqual(['file:'])
    const refused = (err: string) => ({ code: 2, out: '', err: `physmem: ${err}\n` })
    expect(await run('owners port:0x60')).toEqual(
      refused('port:0x60 is an I/O port, which is in no page'),
    )
    expect(await run('cache clean port:0x60..+4')).toEqual(
      refused('port:0x60 is an I/O port, which has no cache lines'),
    )
  })

  it('options, of the command and of all', async () => {
    expect(await texts('wait', '--')).toEqual([
      ...[
        '--target',
        '--width',
        '--endian',
        '--json',
        '--verbose',
        '--act-on-ports',
        '--quiet',
        '--help',
      ],
      ...['--timeout', '--interval', '--base', '--unaligned', '--chip', '--board'],
    ])
    expect(await texts('--v')).toEqual(['--verbose', '--version'])
    expect(await texts('dump', '--no')).toEqual(['--no-collapse'])
  })

  it('values of options', async () => {
    expect(await texts('read', '--width', '')).toEqual(['8', '16', '32', '64'])
    expect(await texts('read', '-w', '1')).toEqual(['16'])
    expect(await texts('read', '--endian=b')).toEqual(['--endian=big'])
    expect(await texts('--target', 's')).toEqual(['sim:'])
    expect(await texts('--target', `sim:${root}/ra`)).toEqual([`sim:${root}/ram.bin`])
    expect(await texts('wait', '0=1', '--timeout', '')).toEqual([])
    expect(await texts('dump', '0..1', '-o', 'ra')).toEqual([':file'])
  })

  it('places', async () => {
    expect(await texts('read', '')).toEqual(schemes)
    expect(await texts('read', 'p')).toEqual(['pci:', 'pid:', 'port:'])
    // The other has no memory that could be read.
    expect(await texts('read', '0', 'pci:')).toEqual(['pci:0000:00:04.0/'])
    expect(await texts('write', 'pci:0000:00:04.0/')).toEqual(['pci:0000:00:04.0/bar0'])
    expect(await texts('read', 'uio:')).toEqual(['uio:uio0/map0', 'uio:edu/regs'])
    expect(await texts('read', `file:${root}/r`)).toEqual([
      `file:${root}/ram.bin`,
      `file:${root}/rooms/`,
    ])
  })

  describe('places of a recorded machine', () => {
    const pc = FakeRoot.recorded('x86_64-6.12')
    const board = FakeRoot.recorded('aarch64-6.12')
    afterAll(() => {
      pc[Symbol.dispose]()
      board[Symbol.dispose]()
    })

    async function shown(recorded: FakeRoot, word: string): Promise<string[]> {
      const { candidates } = await offer(['map', word], registry, recorded.path)
      return candidates.map(({ text, description = '' }) => `${text} ${description}`.trimEnd())
    }

    it('resources, with quotes of their own only where they need them', async () => {
      expect(await shown(pc, 'iomem:HP')).toEqual(['iomem:HPET 0'])
      expect(await shown(pc, 'iomem:IO')).toEqual(['iomem:IOAPIC 0'])
      // Who has begun with the quotes of the grammar, inside of the shell's, goes on with them.
      expect(await shown(pc, 'iomem:"HP')).toEqual(['iomem:"HPET 0"'])
      using root = new FakeRoot().put('proc/iomem', '1000-1fff : ACPI0003:00\n')
      expect(await shown(root, 'iomem:')).toEqual(['iomem:"ACPI0003:00"'])
    })

    it('no resources whose name would be refused: several have it, or addresses are hidden', async () => {
      const two = '1000-1fff : a\n2000-2fff : b\n  2000-2fff : b\n3000-3fff : a\n'
      using root = new FakeRoot().put('proc/iomem', two)
      expect(await shown(root, 'iomem:')).toEqual(['iomem:b'])
      root.put('proc/iomem', '00000000-00000000 : a\n')
      expect(await shown(root, 'iomem:')).toEqual([])
    })

    it('nodes and aliases of the device tree, with what they are', async () => {
      expect(await shown(board, 'dt:s')).toEqual(['dt:serial0 arm,pl011'])
      expect((await shown(board, 'dt:/pl0')).sort()).toEqual([
        'dt:/pl011@9000000 arm,pl011',
        'dt:/pl031@9010000 arm,pl031',
        'dt:/pl061@9030000 arm,pl061',
      ])
      expect(await shown(pc, 'dt:')).toEqual([])
    })

    it('device trees in files, and their nodes', async () => {
      board.put('trees/a.dtb', readFileSync(board.at('sys/firmware/fdt'))).put('trees/a.txt', '')
      const file = board.at('trees/a.dtb')
      expect(await shown(board, `dtb:${board.at('trees/')}`)).toEqual([`dtb:${file}:`])
      expect(await shown(board, `dtb:${file}:se`)).toEqual([`dtb:${file}:serial0 arm,pl011`])
      expect(await shown(board, `dtb:${board.at('trees/a.txt')}:`)).toEqual([])
    })

    it('processes with their names, and where their mappings start', async () => {
      const [first = ''] = (await shown(pc, 'pid:')).filter((text) => text.endsWith(' sleep'))
      expect(first).toMatch(/^pid:\d+: sleep$/)
      const maps = await shown(pc, first.slice(0, first.indexOf(' ')))
      expect(maps[0]).toMatch(/^pid:\d+:0x[0-9a-f]+ \/.*busybox/)
      expect(await shown(pc, 'pid:999999:')).toEqual([])
      expect((await shown(pc, 'pid:')).join('\n')).not.toContain('kthreadd')
    })

    it('symbols of the kernel, when three letters are there', async () => {
      expect(await shown(pc, 'kernel:jiffi')).toEqual(['kernel:jiffies', 'kernel:jiffies_64'])
      expect(await shown(pc, 'kernel:ji')).toEqual([])
      using root = new FakeRoot().put(
        'proc/kallsyms',
        'f0 t step_one\nf1 t step_two\nf2 t step_one\n',
      )
      expect(await shown(root, 'kernel:ste')).toEqual(['kernel:step_two'])
    })

    it('what stands behind a process, the kernel, or a device tree in a file', async () => {
      const at = async (recorded: FakeRoot, ...words: string[]) =>
        (await offer(words, registry, recorded.path)).candidates.map(({ text }) => text)
      expect(await at(pc, 'translate', 'kernel', 'jiffi')).toEqual(['jiffies', 'jiffies_64'])
      expect(await at(pc, 'translate', 'kernel', '_stext', 'jiffies_')).toEqual(['jiffies_64'])
      const [pid = ''] = await at(pc, 'translate', '')
      expect(pid).toBe('kernel')
      const [, sleep = ''] = /^pid:(\d+): sleep$/.exec((await shown(pc, 'pid:')).join('\n')) ?? []
      const [first = ''] = await at(pc, 'translate', sleep || '1', '0x')
      expect(first).toMatch(/^(?:0x[0-9a-f]+)?$/)
      board.put('trees/b.dtb', readFileSync(board.at('sys/firmware/fdt')))
      const file = `dtb:${board.at('trees/b.dtb')}`
      expect(await at(board, 'map', file, 'se')).toEqual(['serial0'])
      expect(await at(board, 'map', '0x1000', '')).toEqual([])
    })

    it('PCI functions by their ids, for who begins with them', async () => {
      expect(await shown(pc, 'pci:8086:1')).toContain('pci:8086:100e/ e1000')
      expect(await shown(pc, 'pci:8086:100e/')).toEqual(['pci:8086:100e/bar0'])
    })

    it('ports, with what is there', async () => {
      expect(await shown(pc, 'port:0x6')).toEqual([
        'port:0x60 keyboard',
        'port:0x64 keyboard',
        'port:0x600 ACPI PM1a_EVT_BLK',
        'port:0x604 ACPI PM1a_CNT_BLK',
        'port:0x608 ACPI PM_TMR',
        'port:0x620 ACPI GPE0_BLK',
      ])
    })

    it('PCI devices, with their drivers', async () => {
      expect(await shown(pc, 'pci:0000:00:06')).toEqual(['pci:0000:00:06.0/ e1000'])
    })
  })

  it('nothing that a simulated board refuses', async () => {
    expect(await texts('-t', 'sim:', 'read', '')).toEqual(['file:'])
    expect(await texts('--target=sim:board.yaml', 'read', 'p')).toEqual([])
    expect(await texts('read', '-t', 'sim:', 'pci:')).toEqual([])
  })

  it('no options that the command refuses', async () => {
    expect(await texts('translate', '--w')).toEqual([])
    expect(await texts('owners', '--t')).toEqual([])
  })

  it('processes that have memory, and are not this one', async () => {
    const stat = (pid: number, name: string, state: string, flags: number) =>
      `${pid} (${name}) ${state} 1 1 1 0 -1 ${flags} 0\n`
    using root = new FakeRoot()
      .put('proc/7/stat', stat(7, 'kthread', 'S', 0x20_0000))
      .put('proc/20/stat', stat(20, 'tool', 'S', 0))
      .put('proc/21/stat', stat(21, 'gone', 'Z', 0))
      .put(`proc/${process.pid}/stat`, stat(process.pid, 'node', 'R', 0))
    expect((await offer(['translate', ''], registry, root.path)).candidates).toEqual([
      { text: 'kernel' },
      { text: '20', description: 'tool' },
    ])
    expect((await offer(['read', 'pid:'], registry, root.path)).candidates).toEqual([
      { text: 'pid:20:', description: 'tool' },
    ])
  })

  it('arguments by their position', async () => {
    expect(await texts('load', '0x10', '')).toEqual([':file'])
    expect(await texts('compare', '0..1', '')).toEqual([...schemes, ':file'])
    expect(await texts('list', 'e1000', 'u')).toEqual(['uio:'])
    expect(await texts('completion', 'z')).toEqual(['zsh'])
    expect(await texts('wait', '0=1', '')).toEqual(schemes)
    expect(await texts('dump', '0..1', '')).toEqual([])
    expect(await texts('search', '0..1', 'u16')).toEqual(['u16:', 'u16be:'])
  })

  it('nothing behind a command that does not exist', async () => {
    expect(await texts('raed', '')).toEqual([])
  })

  it.each(["'", '"'])('a name in its own quotes, behind a quote %s of bash', async (quote) => {
    using root = FakeRoot.recorded('x86_64-6.12')
    const inside = quote === '"' ? '\\"' : '"'
    const line = `physmem read ${quote}iomem:${inside}HP`
    const { out } = await run(['__complete', '--bash', ' "\'><=;|&(:', '--', line], {
      root: root.path,
    })
    expect(out).toBe(`iomem:${inside}HPET 0${inside}\n`)
  })

  describe('registers by name', () => {
    const at = async (...words: string[]) =>
      (await run(['__complete', '--', ...words], { root })).out.split('\n').slice(0, -1)
    const named = async (...words: string[]) =>
      (await at(...words)).map((line) => line.split('\t')[0])

    it('blocks, registers, fields and values of the simulated board', async () => {
      expect(await named('-t', 'sim:', 'read', 'u')).toEqual(['uart0.'])
      expect(await named('-t', 'sim:', 'read', '')).toEqual([
        'uart0.',
        'rtc.',
        'gpio.',
        'demo.',
        'hpet.',
        'file:',
      ])
      expect(await at('-t', 'sim:', 'read', 'gpio.D')).toEqual(['gpio.DIR\t1 for output'])
      expect(await named('-t', 'sim:', 'describe', 'uart0.FR:T')).toEqual([
        'uart0.FR:TXFF',
        'uart0.FR:TXFE',
      ])
      expect(await named('-t', 'sim:', 'write', 'demo.CONTROL:MODE=')).toEqual([
        'demo.CONTROL:MODE=Off',
        'demo.CONTROL:MODE=Slow',
        'demo.CONTROL:MODE=Fast',
        'demo.CONTROL:MODE=Turbo',
      ])
      expect(await named('-t', 'sim:', 'wait', 'uart0.FR:TXFE==e')).toEqual([
        'uart0.FR:TXFE==empty',
      ])
    })

    it('behind an option that takes them', async () => {
      const line = ['-t', 'sim:', 'record', 'uart0.FR']
      expect(await named(...line, '--when', 'uart0.FR:T')).toEqual([
        'uart0.FR:TXFF',
        'uart0.FR:TXFE',
      ])
      expect(await named(...line, '--when', 'uart0.FR:TXFE=e')).toEqual(['uart0.FR:TXFE=empty'])
      expect(await named(...line, '--when=uart0.FR:TXFE=e')).toEqual(['--when=uart0.FR:TXFE=empty'])
      expect(await named(...line, '--base', 'u')).toEqual([])
    })

    it('what a field is called when it is read, and when it is written', async () => {
      expect(await named('-t', 'sim:', 'write', 'demo.CONTROL:START=')).toEqual([
        'demo.CONTROL:START=start',
      ])
      expect(await named('-t', 'sim:', 'wait', 'demo.CONTROL:START=')).toEqual([
        'demo.CONTROL:START=idle',
        'demo.CONTROL:START=running',
      ])
    })

    it('of a chip or board file on the line, groups and elements too', async () => {
      const text =
        'blocks: { DMA: { base: 0, registers: { CH: { offset: 0, count: 2, stride: 16, registers: { CTRL: 0 } }, ID: 64 } } }'
      const chip = folder.file('complete-chip.yaml', text)
      expect(await named('read', '--chip', chip, 'DMA.')).toEqual([
        'DMA.CH[0].',
        'DMA.CH[1].',
        'DMA.ID',
      ])
      expect(await named('list', `--chip=${chip}`, 'DMA.CH[1].')).toEqual(['DMA.CH[1].CTRL'])
      const board = folder.file('complete-board.yaml', 'chip: complete-chip.yaml')
      expect(await named('watch', '--board', board, 'DMA.I')).toEqual(['DMA.ID'])
      const env = { PHYSMEM_BOARD: board }
      expect((await run(['__complete', '--', 'read', 'DMA.I'], { env, root })).out).toBe('DMA.ID\n')
    })

    it('of devices that the machine names, and of a block at a place', async () => {
      using board = FakeRoot.recorded('aarch64-6.12')
      const there = async (word: string) =>
        (await run(['__complete', '--', 'read', word], { root: board.path })).out
      expect(await there('serial0.F')).toMatch(
        /^serial0\.FBRD\t.*\nserial0\.FR\tFlags\n$|^serial0\.FR\tFlags\nserial0\.FBRD\t.*\n$/,
      )
      expect(await there('serial')).toMatch(/^serial0\.\t/)
      expect(await there('pl011@0x9000000.FR')).toBe('pl011@0x9000000.FR\tFlags\n')
    })

    it('none where nothing describes them, or the description cannot be read', async () => {
      expect(await at('read', 'UART0.')).toEqual([])
      expect(await at('read', '--chip', '/nonexistent.svd', 'UART0.')).toEqual([])
      expect(await at('dump', '-t', 'sim:', 'uart0.')).toEqual([])
    })
  })

  it('is printed a line a word', async () => {
    const { out } = await run(['__complete', '--', 'dev'])
    expect(out).toBe('devmem\tdo what the devmem of busybox does\n')
  })
})

describe('the scripts', () => {
  const cli = new BuiltCli()
  let bin = ''
  beforeAll(() => {
    bin = join(folder.path, 'bin')
    mkdirSync(bin)
    const script = `#!/bin/sh\nexec ${process.execPath} ${cli.main} "$@"\n`
    writeFileSync(join(bin, 'physmem'), script, { mode: 0o755 })
  })

  /** What bash puts in place of what it takes for the last word. */
  async function inBash(line: string): Promise<string[]> {
    const script = `
      eval "$(physmem completion bash)"
      compopt() { :; }
      COMP_LINE='${line}' COMP_POINT=${line.length}
      _physmem physmem
      printf '%s\n' "\${COMPREPLY[@]}"`
    const { out, err } = await cli.shell(`cd ${root}\n${script}`, 'bash', {
      PATH: `${bin}:${process.env.PATH}`,
    })
    expect(err).toBe('')
    return out.split('\n').filter((text) => text !== '')
  }

  it.skipIf(!has('bash'))('bash', async () => {
    expect(await inBash('physmem wa')).toEqual(['wait', 'watch'])
    expect(await inBash('physmem read --endian=')).toEqual(['little', 'big'])
    expect(await inBash('physmem load 0x10 ra')).toEqual(['ram.bin'])
    expect(await inBash('physmem read file:ra')).toEqual(['ram.bin'])
    expect(await inBash('physmem read --width ')).toEqual(['8', '16', '32', '64'])
    expect(await inBash('physmem map por')).toEqual(['port:'])
  })

  it.skipIf(!has('zsh'))('zsh', async () => {
    const script = `
      compadd() { local a; for a in "\${(@P)@[-1]}"; do print -r -- $a; done; }
      _files() { print FILES; }
      source <(physmem completion zsh)
      words=(physmem wa); CURRENT=2; _physmem
      words=(physmem load 0x10 ra); CURRENT=4; _physmem
      words=(physmem --target ''); CURRENT=3; _physmem`
    const { out, err } = await cli.shell(script, 'zsh', { PATH: `${bin}:${process.env.PATH}` })
    expect(err).toBe('')
    expect(out.trim().split('\n')).toEqual(['wait', 'watch', 'FILES', 'local', 'sim:'])
  })

  it.skipIf(!has('fish'))('fish', async () => {
    const script = `
      cd ${root}
      physmem completion fish | source
      complete -C 'physmem wa'
      complete -C 'physmem load 0x10 ra'
      complete -C 'physmem --target '`
    const { out, err } = await cli.shell(script, 'fish', {
      PATH: `${bin}:${process.env.PATH}`,
      HOME: root,
    })
    expect(err).toBe('')
    expect(
      out
        .trim()
        .split('\n')
        .map((line) => line.split('\t')[0]),
    ).toEqual(['wait', 'watch', 'ram.bin', 'local', 'sim:'])
  })
})
