import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { systemAt } from '../../engine/system-at.ts'
import type { Files } from '../../linux/files.ts'
import { FakeRoot, recordedMachines } from '../../linux/testing/fake-root.ts'
import { prefixed } from '../../place/schemes/index.ts'
import type { ListDocument } from '../../report/list.ts'
import { registry } from '../registry.ts'
import { TestFolder } from '../testing/files.ts'
import { run } from '../testing/run.ts'
import { offer } from './candidates.ts'
import { askShellFor } from './file-kinds.ts'
import { deviceRoot } from './testing/device-root.ts'

const root = deviceRoot(new TestFolder())

const schemes = prefixed.map(({ name }) => `${name}:`)

async function texts(...words: string[]): Promise<string[]> {
  const { candidates, files } = await offer(words, registry, systemAt(root).files)
  return [...candidates.map(({ text }) => text), ...(files ? [askShellFor(files)] : [])]
}

describe('what completes a word', () => {
  it('commands', async () => {
    expect(await texts('wa')).toEqual(['wait', 'watch'])
    expect(await texts('--json', '--target', 'sim:', 'comp')).toEqual(['compare'])
    expect(await texts('')).not.toContain('__complete')
    expect(await texts('hel')).toEqual(['help'])
    expect(await texts('help', 'wa')).toEqual(['wait', 'watch'])
    expect(await texts('help', 'wait', '')).toEqual([])
  })

  it('no command that a simulated board refuses', async () => {
    const refused = [
      ...['buffer', 'translate', 'owners', 'bind', 'kmod'],
      ...['import', 'codegen', 'lint', 'agent', 'completion'],
    ]
    const here = await texts('')
    const there = await texts('-t', 'sim:', '')
    expect(here.filter((name) => !there.includes(name))).toEqual(refused)
    const offered = await offer(['b'], registry, systemAt(root).files, 'sim:')
    expect(offered.candidates.map(({ text }) => text)).toEqual(['batch'])
    expect(await texts('-t', 'sim:', 'help', 'bi')).toEqual(['bind'])
    const env = { PHYSMEM_TARGET: 'sim:' }
    expect((await run(['__complete', '--', 'tr'], { env })).out).toBe('')
    expect((await run(['__complete', '--', '-t', 'local', 'tr'], { env })).out).toMatch(
      /^translate/,
    )
  })

  it('no command that refuses an option of the line', async () => {
    const refusing = async (...words: string[]) => {
      const offered = await texts(...words, '')
      return (await texts('')).filter((name) => !offered.includes(name))
    }
    const without = ['import', 'codegen', 'lint', 'agent', 'completion']
    expect(await refusing('-t', 'local')).toEqual(without)
    expect(await refusing('--json')).toEqual(['devmem', 'run', 'agent', 'completion'])
    expect(await refusing('-q')).toEqual(['devmem', 'run', 'completion'])
    expect(await refusing('-t', 'ssh://a', '-t', 'ssh://b')).toEqual([
      ...['cache', 'buffer', 'devmem', 'run', 'translate', 'owners', 'bind', 'kmod'],
      ...without,
    ])
    for (const name of without) {
      const args = { agent: [], completion: ['bash'] }[name] ?? ['x']
      const { err } = await run(['-t', 'sim:', name, ...args])
      expect(err).toBe(`physmem: --target does not apply to ${name}: leave it out\n`)
    }
  })

  it('no option that the target refuses', async () => {
    const of = async (target: string) => texts('-t', target, 'read', '--')
    expect(await of('sim:')).not.toContain('--sudo')
    expect(await of('sim:')).not.toContain('--keep-connection')
    expect(await of('sim:')).toContain('--base')
    expect(await of('exec:sh')).toContain('--sudo')
    expect(await of('exec:sh')).not.toContain('--keep-connection')
    expect(await of('ssh://board')).toContain('--keep-connection')
    expect(await of('@boards')).toContain('--keep-connection')
  })

  it('what the target of a board file has, and no other machine', async () => {
    const folder = new TestFolder()
    const offered = async (target: string, ...words: string[]) => {
      const board = folder.file('b.yaml', `${target}\n`)
      const { out } = await run(['__complete', '--', ...words], {
        root,
        env: { PHYSMEM_BOARD: board },
      })
      return out
    }
    expect(await offered("target: 'sim:'", 'read', 'demo.I')).toMatch(/^demo\.ID\t/)
    expect(await offered("target: '@a'\ntargets: { a: 'sim:' }", 'read', 'demo.I')).toMatch(
      /^demo\.ID\t/,
    )
    expect(await offered("target: 'sim:'", 'read', 'pci:')).toBe('')
    expect(await offered("target: 'sim:'", 'tr')).toBe('')
    expect(await offered('target: ssh://board', 'read', 'pci:')).toBe('')
    expect(await offered('target: ssh://board', 'read', 'pc')).toBe('pci:\n')
    expect(await offered('target: ssh://board', 'buf')).toBe('')
    expect(await offered('target: ssh://board', 'bi')).toMatch(/^bind\t/)
    expect(await offered('target: ssh://board', 'tr')).toMatch(/^translate\t/)
    expect(await offered('target: gdb://host:1', 'read', 'p')).toBe('')
    const here = 'pci:0000:00:04.0/\n'
    expect(await offered('target: ssh://board', '-t', 'local', 'read', 'pci:')).toBe(here)
    expect(await offered('target: ssh://board', '-t', 'sudo:', 'read', 'pci:')).toBe(here)
    expect(await offered('target: nonsense', 'read', 'pci:')).toBe(here)
    expect(await offered('target: ssh://board', 'read', '--board', 'none', 'pci:')).toBe(here)
  })

  it('of kinds of place, those that the command takes', async () => {
    const but = (...kinds: string[]) => schemes.filter((scheme) => !kinds.includes(scheme))
    expect(await texts('owners', '')).toEqual(but('port:', 'msr:', 'regmap:', 'i2c:', 'file:'))
    expect(await texts('owners', '0', 'po')).toEqual([])
    expect(await texts('cache', 'clean', '')).toEqual(but('port:', 'msr:', 'regmap:', 'i2c:'))
    expect(await texts('dump', '')).toEqual(but('msr:', 'regmap:'))
    expect(await texts('read', '')).toEqual(schemes)
    expect(await texts('map', '')).toEqual(but('msr:', 'regmap:', 'i2c:', 'file:'))
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

  it('to list, the kinds of place of which the machine has some', async () => {
    const kinds = async (files: Files, ...words: string[]) =>
      (await offer(['list', ...words], registry, files)).candidates.map(({ text }) => text)
    expect(await texts('list', '')).toEqual(['pci:', 'uio:'])
    expect(await texts('list', 'e1000', 'u')).toEqual(['uio:'])
    expect(await texts('list', 'dtb:a.dtb', '')).toEqual([])
    expect(await texts('list', '--chip', 'a.svd', '')).toEqual([])
    expect(await texts('-t', 'sim:', 'list', '')).toEqual([])
    expect(await texts('-t', 'gdb:a', 'list', '')).toEqual([])
    expect(await texts('-t', 'ssh://board', 'list', 'p')).toEqual(['pci:', 'port:'])
    for (const name of recordedMachines) {
      using machine = FakeRoot.recorded(name)
      const { out } = await run(['list', '--json'], { root: machine.path })
      const { places }: ListDocument = JSON.parse(out)
      const listed = new Set(places.map(({ kind }) => `${kind}:`))
      listed.delete('address:') // These are without a name.
      expect(new Set(await kinds(machine.files, ''))).toEqual(listed)
    }
    using buffer = new FakeRoot()
      .put('sys/class/u-dma-buf/udmabuf0/phys_addr', '0x1000\n')
      .put('sys/class/u-dma-buf/udmabuf0/size', '4096\n')
    expect(await kinds(buffer.files, '')).toEqual(['file:'])
    expect(await kinds(new FakeRoot().files, '')).toEqual([])
  })

  it('where names of registers are, of places only those with such names', async () => {
    const there = deviceRoot(new TestFolder())
    const config = 'sys/bus/pci/devices/0000:00:04.0/config'
    writeFileSync(join(there, config), Buffer.alloc(64))
    for (const name of ['describe', 'snapshot']) {
      const at = async (...words: string[]) =>
        (await offer([...words], registry, systemAt(there).files)).candidates.map(
          ({ text }) => text,
        )
      expect(await at(name, '')).toEqual(['pci:'])
      expect(await at(name, 'pci:')).toEqual(['pci:0000:00:04.0/'])
      expect(await at(name, 'pci:0000:00:04.0/')).toEqual(['pci:0000:00:04.0/config'])
      expect(await at('-t', 'sim:', name, '')).toEqual([])
    }
  })

  it.each([
    ['-t', 'sim:', 'lint', ''],
    ['lint', '-t', 'sim:', ''],
    ['--json', 'devmem', ''],
    ['devmem', '--json', '--'],
    ['devmem', '--', ''],
    ['-t', 'sim:', 'kmod', ''],
    ['-t', 'sim:', 'buffer', ''],
    ['-t', 'local', '-t', 'sudo:', 'devmem', ''],
    ['-t', 'sim:', '--sudo', 'read', ''],
    ['-t', 'exec:sh', '--keep-connection', '1s', ''],
    ['--width', '8', 'describe', ''],
  ])('nothing after what will be refused: %s %s %s %s %s', async (...words) => {
    expect(await texts(...words.filter((word) => word !== undefined))).toEqual([])
  })

  it('options, of the command and of all', async () => {
    expect(await texts('wait', '--')).toEqual([
      ...[
        '--target',
        '--sudo',
        '--keep-connection',
        '--width',
        '--endian',
        '--json',
        '--verbose',
        '--act-on-ports',
        '--act-on-i2c',
        '--quiet',
        '--help',
      ],
      ...['--timeout', '--interval', '--base', '--unaligned', '--chip', '--board'],
    ])
    expect(await texts('--v')).toEqual(['--verbose', '--version'])
    expect(await texts('dump', '--no')).toEqual(['--no-collapse'])
  })

  it('files of the kind that is expected, and folders', async () => {
    const folder = new TestFolder()
    for (const name of ['b.yaml', 'B.YML', 'c.json', 'd.svd', 'e.bin', 'f.dtb'])
      folder.file(name, '')
    mkdirSync(join(folder.path, 'rooms'))
    symlinkSync('rooms', join(folder.path, 'link'))
    const at = (before: string, names: string[]) =>
      names.map((name) => `${before}${folder.path}/${name}`).sort()
    const boards = ['b.yaml', 'B.YML', 'c.json', 'link/', 'rooms/']
    const sorted = async (...words: string[]) => (await texts(...words)).sort()
    expect(await sorted('read', '-t', `sim:${folder.path}/`)).toEqual(at('sim:', boards))
    expect(await sorted('map', `dtb:${folder.path}/`)).toEqual([
      `dtb:${folder.path}/f.dtb:`,
      ...at('dtb:', ['link/', 'rooms/']),
    ])
    expect(await sorted('read', `--chip=${folder.path}/`)).toEqual(
      at('--chip=', ['b.yaml', 'B.YML', 'c.json', 'd.svd', 'link/', 'rooms/']),
    )
    expect(await sorted('dump', `--output=${folder.path}/e`)).toEqual(at('--output=', ['e.bin']))
  })

  it.each([
    [['read', '--board', ''], ':file .yaml .yml .json'],
    [['read', '--chip', ''], ':file .svd .xml .yaml .yml .json .csv .hwh .xsa .regdb'],
    [['codegen', ''], ':file .svd .xml .yaml .yml .json .csv .hwh .xsa .regdb'],
    [['codegen', 'x', '--overlay', ''], ':file .yaml .yml'],
    [['run', ''], ':file .mjs .js .cjs .mts .ts .cts'],
    [['restore', ''], ':file .json'],
    [['kmod', 'load', ''], ':file .ko'],
    [['kmod', 'build', '--headers', ''], ':folder'],
    [['load', '0', ''], ':file'],
  ])('a shell is asked for files of a kind: %j', async (words, asked) => {
    expect(await texts(...words)).toEqual([asked])
  })

  it('values of options', async () => {
    expect(await texts('read', '--width', '')).toEqual(['8', '16', '32', '64'])
    expect(await texts('read', '-w', '1')).toEqual(['16'])
    expect(await texts('read', '--endian=b')).toEqual(['--endian=big'])
    expect(await texts('--target', 's')).toEqual(['sim:', 'ssh://', 'sudo:', 'serial:'])
    expect(await texts('--target', `sim:${root}/r`)).toEqual([`sim:${root}/rooms/`])
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
    expect((await offer(['translate', ''], registry, root.files)).candidates).toEqual([
      { text: 'kernel' },
      { text: '20', description: 'tool' },
    ])
    expect((await offer(['read', 'pid:'], registry, root.files)).candidates).toEqual([
      { text: 'pid:20:', description: 'tool' },
    ])
    // A simulated board has none.
    const onBoard = await offer(['translate', ''], registry, root.files, 'sim:')
    expect(onBoard.candidates).toEqual([])
  })

  it('arguments by their position', async () => {
    expect(await texts('load', '0x10', '')).toEqual([':file'])
    expect(await texts('compare', '0..1', '')).toEqual([...schemes, ':file'])
    expect(await texts('completion', 'z')).toEqual(['zsh'])
    expect(await texts('wait', '0=1', '')).toEqual(schemes)
    expect(await texts('dump', '0..1', '')).toEqual([])
    expect(await texts('search', '0..1', 'u16')).toEqual(['u16:', 'u16be:'])
  })

  it('nothing after a command that does not exist', async () => {
    expect(await texts('raed', '')).toEqual([])
  })

  it.each(["'", '"'])('a name in its own quotes, after a quote %s of bash', async (quote) => {
    using root = FakeRoot.recorded('x86_64-6.12')
    const inside = quote === '"' ? '\\"' : '"'
    const line = `physmem read ${quote}iomem:${inside}HP`
    const { out } = await run(['__complete', '--bash', ' "\'><=;|&(:', '--', line], {
      root: root.path,
    })
    expect(out).toBe(`iomem:${inside}HPET 0${inside}\n`)
  })

  it('is printed a line a word', async () => {
    const { out } = await run(['__complete', '--', 'dev'])
    expect(out).toBe('devmem\tbehave like the devmem of busybox\n')
  })
})
