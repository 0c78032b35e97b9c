/** The bundles of the command: that what is left out of one is nothing that it uses. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadAddon } from '../../../engine/addon.ts'
import { FakeRoot } from '../../../linux/testing/fake-root.ts'
import { entries, FakeMachine } from '../../../translate/testing/fake-process.ts'
import { FolderBoard, noBoard } from '../../testing/board.ts'
import { partFor } from '../everyday.ts'
import { plainCommands } from '../script.ts'

const repository = fileURLToPath(new URL('../../../../', import.meta.url))
// As deep as dist/cli: the engine is found from there.
const folder = `build/test-parts-${process.pid}`
const scripts = {
  build: `${repository}scripts/build.mjs`,
  leaveOut: `${repository}scripts/lib/leave-out.mjs`,
}

/** The longest that a build may take on a busy machine. */
const BUILD_MS = 60_000

type Tables = Record<string, readonly string[]>
type BuildPart = (part: string, entry: string, outfile: string, tables?: Tables) => Promise<void>

let buildPart: BuildPart
let buildSilence: (outdir: string) => Promise<void>
let buildAgain: (outdir: string) => Promise<void>
let buildYaml: (outdir: string) => Promise<void>
let leftOut: Record<string, Tables>

beforeAll(async () => {
  ;({ buildPart, buildSilence, buildAgain, buildYaml } = (await import(scripts.build)) as {
    buildPart: BuildPart
    buildSilence: typeof buildSilence
    buildAgain: typeof buildAgain
    buildYaml: typeof buildYaml
  })
  ;({ leftOut } = (await import(scripts.leaveOut)) as { leftOut: Record<string, Tables> })
  mkdirSync(`${repository}${folder}`, { recursive: true })
  writeFileSync(
    `${repository}${folder}/run.cjs`,
    `const file = process.argv[1].replace('run.cjs', process.argv.splice(2, 1)[0] + '.js')
    require('node:vm').runInThisContext(require('node:fs').readFileSync(file, 'utf8'))(require, file)`,
  )
  writeFileSync(`${repository}${folder}/package.json`, '{ "type": "commonjs" }')
  await Promise.all([
    buildSilence(folder),
    buildAgain(folder),
    buildYaml(folder),
    ...Object.keys(leftOut).map((part) => buildPart(part, entryOf(part), `${folder}/${part}.js`)),
  ])
}, BUILD_MS)
afterAll(() => rmSync(`${repository}${folder}`, { recursive: true, force: true }))

const entryOf = (part: string) =>
  `src/cli/testing/rooted/${part === 'everyday' ? part : 'others'}.ts`

const bar = '0000:01:00.0'
const pci = `sys/bus/pci/devices/${bar}`

/** A function whose memory decoding is off: its BAR is all ones. */
function machine(): FakeRoot {
  const config = new Uint8Array(64)
  config.set([0x34, 0x12, 0xe8, 0x11, 0])
  return new FakeRoot()
    .put(`${pci}/resource`, '0x2000 0x2fff 0x40200\n')
    .put(`${pci}/resource0`, new Uint8Array(4096).fill(0xff))
    .put(`${pci}/config`, config)
    .put(`${pci}/vendor`, '0x1234\n')
    .put(`${pci}/device`, '0x11e8\n')
    .put('dev/mem', new Uint8Array(16384).fill(0xff))
}

interface Ran {
  code: number | null
  out: string
  err: string
}

function run(
  root: FakeRoot,
  line: string,
  more: readonly string[] = [],
  held?: readonly string[],
): Ran {
  const argv = [...line.split(' '), ...more]
  const part = partFor(argv, {}, undefined, held)
  const args = [`${repository}${folder}/run.cjs`, part, root.path, ...argv]
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
  return { code: status, out: stdout, err: stderr }
}

/** A card that answers, and what describes it, in each kind of text. */
function described(root: FakeRoot) {
  const config = new Uint8Array(64)
  config.set([0x34, 0x12, 0xe8, 0x11, 2])
  root.put(`${pci}/resource0`, new Uint8Array(4096).fill(1)).put(`${pci}/config`, config)
  const registers = 'registers: { R: { offset: 4, fields: { F: 3:0 } } }'
  root.put('chip.yaml', `blocks: { B: { base: 0x2000, ${registers} } }\n`)
  root.put(
    'chip.svd',
    '<device><name>C</name><peripherals><peripheral><name>B</name><baseAddress>0x2000</baseAddress>' +
      '<registers><register><name>R</name><addressOffset>4</addressOffset><size>32</size><fields>' +
      '<field><name>F</name><bitRange>[3:0]</bitRange></field></fields></register></registers>' +
      '</peripheral></peripherals></device>',
  )
  return root
}

const note =
  `physmem: the memory of ${bar} is switched off: loads give no data of the device (mostly ones or zeros), and stores are lost\n` +
  `  cure: switch it on: echo 1 > /sys/bus/pci/devices/${bar}/enable\n`

describe('the bundle of everyday commands', () => {
  it('stays small, since each of its bytes is read at each start', () => {
    expect(statSync(`${repository}${folder}/everyday.js`).size).toBeLessThan(299_000)
  })
})

describe('the bundle that a line is run by', () => {
  it.each([
    [`read pci:${bar}/bar0`, note],
    [`read pci:1234:11e8/bar0`, note],
    ['read 0x2010', note],
    [`write pci:${bar}/bar0=1 --dry-run`, note],
    [`write pci:${bar}/bar0=0xffffffff --verify`, note],
    [`write pci:${bar}/bar0=1`, note],
    [`wait pci:${bar}/bar0=0xffffffff`, note],
    [`devmem pci:${bar}/bar0 32`, note],
    ['map 0x2010', ''],
    [`map pci:${bar}/bar0`, ''],
    ['map', ''],
    ['list pci:', ''],
  ])('has what it needs: %s', (line, err) => {
    using root = machine()
    expect(run(root, line)).toMatchObject({ code: 0, err })
  })

  it.each([
    [`read B@pci:${bar}/bar0.R --chip CHIP --quiet`, '0x01010101\n'],
    [`write B@pci:${bar}/bar0.R:F=2 --chip CHIP --verify --quiet`, ''],
    [`wait B@pci:${bar}/bar0.R:F=1 --chip CHIP --quiet`, '0x1\n'],
    [`read pci:${bar}/config.COMMAND:MEMORY_SPACE --quiet`, '1\n'],
  ])('reads by name, whatever describes it: %s', (line, out) => {
    expect(partFor(line.split(' '))).toBe('named')
    for (const chip of ['chip.svd', 'chip.yaml']) {
      using root = described(machine())
      const ran = run(root, `${line.replace('CHIP', root.at(chip))} --board none`)
      expect(ran).toEqual({ code: 0, out, err: '' })
    }
  })

  it.each([
    'read NONE.R --board none',
    'read 0x2010 iomem:x',
    `read pci:${bar}/bar7`,
    'read 0x2010 zzz:1',
    `read pci:${bar}/bar0 4`,
    'read 32 0x2010',
    'read 0x2010 --oops',
    'read 32 NONE.R --board none',
    'write 0x2010 1',
    'map 0x2010..',
    'map 32 0x2010..',
  ])('has what a refusal needs: %s', (line) => {
    using root = machine()
    const { code, err } = run(root, line)
    expect(code).toBe(2)
    expect(err).toMatch(/^physmem: (?!this is a bug)/)
  })
})

describe('the bundle of a batch', () => {
  const runBatch = (root: FakeRoot, script: string) => {
    const held = plainCommands(script)
    expect(held).toBeDefined()
    root.put('script.txt', script)
    return run(root, `batch ${root.at('script.txt')}`, [], held)
  }

  it('has what its lines need, and says of them what they say alone', () => {
    using root = machine()
    const place = `pci:${bar}/bar0`
    const lines = [`read ${place}`, `write ${place}:7:4=3`, `wait ${place}=0xffffff3f`]
    const { code, out, err } = runBatch(root, `${lines.join('\n')}\ndevmem 0x2010 32\n`)
    expect(code).toBe(0)
    expect(out).toContain('0xFFFFFFFF\n')
    expect(err.match(/script\.txt:\d: the memory of 0000:01:00\.0 is switched off/g)).not.toBeNull()
  })

  it.each([
    'read pci:0000:01:00.0/bar7',
    'read 0x2010 4',
    'read 32 0x2010',
    'write 0x2010',
    'wait 0x2010=1 --none',
  ])('has what a refusal needs: %s', (line) => {
    using root = machine()
    const { code, err } = runBatch(root, `read 0x2010\n${line}\n`)
    expect(code).not.toBe(0)
    expect(err).toMatch(/^physmem: .*script\.txt:2: (?!this is a bug)/)
  })
})

/** A process whose page 16 is frame 0x500. */
function processes(): FakeMachine {
  const { pageSize } = loadAddon()
  const hex = (page: number) => (page * pageSize).toString(16).padStart(8, '0')
  const maps = [`${hex(16)}-${hex(32)} rw-p 00000000 00:00 0  [heap]`]
  return new FakeMachine().reader().process(1234, maps, { 16: entries.present(0x500) })
}

describe('the bundle of translate', () => {
  const { pageSize } = loadAddon()

  it('has what an address of a process needs', () => {
    using root = processes()
    const physical = `0x${(0x500 * pageSize + 8).toString(16).padStart(8, '0')}`
    const line = `translate 1234 ${16 * pageSize + 8}`
    expect(partFor(line.split(' '))).toBe('translating')
    expect(run(root, `${line} --quiet`)).toEqual({ code: 0, out: `${physical}\n`, err: '' })
    for (const more of [line, `${line} --json`, `${line} --verbose`, 'translate 1234 --all']) {
      expect(run(root, more)).toMatchObject({ code: 0 })
    }
  })

  it.each([
    [`translate 1234 ${17 * loadAddon().pageSize}`, 1],
    ['translate 2 0x1000', 1],
    ['translate kernel 0xffffffff81000000', 1],
    ['translate kernel none', 2],
    ['translate 0x1000', 2],
    ['translate kernel:jiffies', 2],
    ['translate 1234 0x1000 --width 8', 2],
    ['translate pid:1234:0x1000', 2],
    ['translate 1', 2],
    ['translate 8 none', 2],
    ['translate one 0x1000', 2],
  ])('has what a refusal needs: %s', (line, expected) => {
    using root = processes()
    const { code, err } = run(root, line)
    expect(code).toBe(expected)
    expect(err).toMatch(/^physmem: (?!this is a bug)/)
  })
})

describe('a target that is none', () => {
  const mistyped = ['sim', 'Sim:', 'loc', 'local:', 'locale', 'sudo', 'ssh:/board', 'gdb', 'x']
  const lines = ['read 0', 'write 0=1', 'wait 0=1', 'devmem 0', 'read uart0.FR', 'list', 'map']

  it.each([...lines, 'translate 1 0', 'dump 0'])('is refused by the bundle for %s', (line) => {
    using machine = new FakeRoot()
    for (const target of mistyped) {
      const { code, err } = run(machine, line, ['-t', target])
      expect({ target, code, err }).toEqual({
        ...{ target, code: line === 'devmem 0' ? 1 : 2 },
        err: expect.stringMatching(/^physmem: "?[a-zA-Z:/]+"? is not a target: /),
      })
    }
  })
})

describe.skipIf(noBoard)(
  `the bundle of accesses by an agent${noBoard ? ` [skipped: ${noBoard}]` : ''}`,
  () => {
    let board: FolderBoard
    beforeAll(() => {
      board = new FolderBoard()
    })
    afterAll(() => board.remove())

    it.each([
      ['read 0x100 -q', 0, '0x03020100\n'],
      ['read 0x100:7:4 0x104 --json', 0, undefined],
      ['read 0x100..+16', 0, undefined],
      ['write 0x200=0x12345678 --verify -q', 0, ''],
      ['write 0x200:7:4=~1', 0, undefined],
      ['write 0x200=1 0x204=2 --dry-run', 0, undefined],
      ['wait 0x100=0x03020100 -q', 0, '0x03020100\n'],
      ['wait 0x100=1 --timeout 1ms', 3, undefined],
      ['read iomem:demo+0x100 -q', 0, '0x03020100\n'],
      ['read iomem:none', 2, ''],
      ['read pci:0000:01:00.0/bar0', 2, ''],
      ['read pci:0000:01:00.0/config', 2, ''],
      ['read port:0x70 -w 8', 1, ''],
      ['read pid:1:0x1000', 1, ''],
      ['read i2c:1:0x48 -w 8', 1, ''],
      ['read dt:serial0', 2, ''],
      ['read 0x10000', 1, ''],
      ['read 0x100 32', 2, ''],
      ['read 32 0x100', 2, ''],
      ['read zzz:1', 2, ''],
      ['write 0x100 1', 2, ''],
      ['read 0x100 --timeout 1ms', 2, ''],
      ['read 0x1000000g', 2, ''],
      ['read 0x10..16', 2, ''],
      ['read 0x100,4', 2, ''],
      ['read iomen:demo', 2, ''],
      ['write 0x100:7-4=1', 2, ''],
      ['wait 0x100==1 0x1OO=1', 2, ''],
    ])('has what it needs: %s', (line, expected, printed) => {
      using machine = new FakeRoot()
      const target = ['-t', board.target]
      expect(partFor([...line.split(' '), ...target])).toBe('remote')
      const { code, out, err } = run(machine, line, target)
      expect({ code, err }).toEqual({
        code: expected,
        err: expect.not.stringMatching(/a bug|left out/),
      })
      if (printed !== undefined) expect(out).toBe(printed)
      expect(err === '').toBe(code === 0)
    })
  },
)

describe('a bundle that lacks what it uses', () => {
  const build = (tables: Tables) =>
    buildPart('broken', entryOf('others'), `${folder}/broken.js`, tables)

  it('is not built: only the table may import what is left out', async () => {
    await expect(
      build({
        ...leftOut.everyday,
        'src/operate/copying.ts': ['../machine/local/resolve/mapped.ts'],
      }),
    ).rejects.toThrow(
      'src/machine/local/find.ts imports src/machine/local/resolve/mapped.ts, which broken.js leaves out: only src/operate/copying.ts may',
    )
  })

  it('is not built by a table that has nothing to do with what it leaves out', async () => {
    await expect(
      build({ ...leftOut.everyday, 'src/machine/local/bounds.ts': ['./address.ts'] }),
    ).rejects.toThrow(
      'src/machine/local/bounds.ts does not import src/machine/local/address.ts, which broken.js leaves out',
    )
    await expect(build({ 'src/machine/local/find.ts': ['./none.ts'] })).rejects.toThrow(
      'broken leaves out src/machine/local/none.ts: no such file',
    )
  })
})
