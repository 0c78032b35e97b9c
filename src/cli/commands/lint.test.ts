import { describe, expect, it } from 'vitest'
import { prefixes } from '../../place/schemes/index.ts'
import { TestFolder } from '../testing/files.ts'
import { run } from '../testing/run.ts'

const folder = new TestFolder()

const svd = (registers: string, head = '<name>chip</name>') => `<device>
  ${head}
  <peripherals>
    <peripheral>
      <name>UART%s</name>
      <dim>2</dim>
      <dimIncrement>0x1000</dimIncrement>
      <baseAddress>0x9000000</baseAddress>
      <addressBlock><offset>0</offset><size>0x40</size><usage>registers</usage></addressBlock>
      <registers>
${registers}
      </registers>
    </peripheral>
  </peripherals>
</device>
`

const register = (name: string, offset: string, more = '') =>
  `        <register><name>${name}</name><addressOffset>${offset}</addressOffset>${more}</register>`

const good = folder.file('good.svd', svd(`${register('DR', '0')}\n${register('FR', '0x18')}`))
const bad = folder.file(
  'bad.svd',
  svd(
    [register('DR', '0'), register('RSR', '0'), register('FR', '0x18', '<size>0</size>')].join(
      '\n',
    ),
  ),
)

describe('physmem lint', () => {
  it('says that nothing is wrong, and what there is', async () => {
    expect(await run(['lint', good])).toEqual({
      code: 0,
      out: 'no issues: 2 blocks, 4 registers\n',
      err: '',
    })
  })

  it('lists what is wrong or doubtful, with its place', async () => {
    expect(await run(['lint', bad])).toEqual({
      code: 3,
      out: [
        `${bad}:12:9: warning: UART%s.RSR: it overlaps DR at offset 0x0, and neither is an alternate (registers-overlap)`,
        `${bad}:13:69: error: UART%s.FR: its size is 0 bits, expected 1 to 64: it is left out (bad-size)`,
        '1 error, 1 warning: 2 blocks, 4 registers',
        '',
      ].join('\n'),
      err: '',
    })
    expect(await run(['lint', bad, '--quiet'])).toEqual({ code: 3, out: '', err: '' })
  })

  it('says once of a register what its reader says, too', async () => {
    const registers = '{ A: 2, B: { offset: 4, width: 16 }, C: { offset: 4, width: 16 }, D: 32 }'
    const file = folder.file(
      'own.yaml',
      `blocks: { X: { base: 0, size: 16, registers: ${registers} } }`,
    )
    expect(
      (await run(['lint', file])).out.split('\n').map((line) => line.replace(/^.*: warning: /, '')),
    ).toEqual([
      'X.A: offset: 0x2 is not a multiple of 4, the bytes of the register (misaligned)',
      'X.B: it overlaps A: one of them needs "alternate: A" (registers-overlap)',
      'X.C: it overlaps A: one of them needs "alternate: A" (registers-overlap)',
      'X.D: it ends at 0x24: the block ends at 0x10 (outside-block)',
      '0 errors, 4 warnings: 1 block, 4 registers',
      '',
    ])
  })

  it('lists as many as are asked for', async () => {
    const { out } = await run(['lint', bad, '--max', '1'])
    expect(out.split('\n').slice(1)).toEqual([
      '… and 1 more (--max)',
      '1 error, 1 warning: 2 blocks, 4 registers',
      '',
    ])
  })

  it('as JSON', async () => {
    const { out, code } = await run(['lint', bad, '--json'])
    expect(code).toBe(3)
    expect(JSON.parse(out)).toEqual({
      ...{ command: 'lint', description: bad, device: 'chip', blocks: 2, registers: 4 },
      ...{ errors: 1, warnings: 1 },
      issues: [
        {
          ...{ severity: 'warning', code: 'registers-overlap', path: 'UART%s.RSR' },
          message: 'it overlaps DR at offset 0x0, and neither is an alternate',
          ...{ file: bad, line: 12, column: 9 },
        },
        {
          ...{ severity: 'error', code: 'bad-size', path: 'UART%s.FR' },
          message: 'its size is 0 bits, expected 1 to 64: it is left out',
          ...{ file: bad, line: 13, column: 69 },
        },
      ],
    })
  })

  it('refuses what is not a description, and what is not there', async () => {
    const page = folder.file('page.svd', '<!DOCTYPE html>\n<html></html>')
    expect(await run(['lint', page])).toEqual({
      code: 2,
      out: '',
      err: `physmem: ${page}:1:1: this is a web page, not a description: download the raw file\n`,
    })
    const { code, err } = await run(['lint', `${folder.path}/none.svd`])
    expect(code).toBe(2)
    expect(err).toBe(`physmem: there is no file ${folder.path}/none.svd\n`)
    expect((await run('lint x.svd --width 8')).err).toBe(
      'physmem: --width does not apply to lint: leave it out\n',
    )
  })
})

describe('lint of a board file', () => {
  const CHIP = `
blocks:
  UART0: { base: 0x09000000, registers: { DR: 0, FR: 0x18 } }
  EMMC: { base: 0x10000000, registers: { ID: 0, IRPT: 4 } }
`
  const withChip = (files: Record<string, string>) => {
    const folder = new TestFolder()
    folder.file('chip.yaml', CHIP)
    folder.file('sensor.yaml', 'blocks: { SENSOR: { registers: { ID: 0 } } }')
    for (const [name, text] of Object.entries(files)) folder.file(name, text)
    return folder.path
  }
  const linted = async (path: string, file: string) => {
    const { code, out, err } = await run(['lint', `${path}/${file}`])
    return { code, out: out.replaceAll(`${path}/`, '').split('\n'), err }
  }

  it('checks keys, kinds and places, and the overlays on their chip', async () => {
    const path = withChip({
      'physmem.yaml': `chip: chip.yaml
overlays: [a.yaml]
target: nosuch://localhost:1234
blocks:
  fine: { is: ./sensor.yaml, at: 0x40000000 }
  emmc2: { is: UART0, at: 0x40001000 }
  none: { is: nothing, at: 0x40000000 }
  file: { is: ./none.yaml, at: 0x40000000 }
  place: { is: UART0, at: nowhere }
  key: { is: UART0, att: 0 }
`,
      'a.yaml': 'EMMC:\n  _modify: { IDX: { access: read-only } }\n',
    })
    expect(await linted(path, 'physmem.yaml')).toEqual({
      ...{ code: 3, err: '' },
      out: [
        'physmem.yaml:3:9: warning: target: "nosuch://localhost:1234"; this version reaches no such target (target)',
        'physmem.yaml:7:15: error: none: nothing describes a block "nothing": expected a file, or the name of a block (block)',
        'physmem.yaml:8:15: error: file: there is no file none.yaml (block)',
        `physmem.yaml:9:27: error: place: "nowhere" is not a place: expected an address such as 0xfed00000, or ${prefixes} (block)`,
        'physmem.yaml:10:21: error: key has no "att", did you mean at? (block)',
        'a.yaml:2:14: error: EMMC: no register is "IDX": did you mean "ID"? (unmatched)',
        '5 errors, 1 warning: 3 blocks, 5 registers',
        '',
      ],
    })
  })

  it.each([
    ['chip: none.yaml', '1:7: error: chip: there is no file none.yaml (chip)'],
    [
      'chip: chip.yaml\noverlays: [no.yaml]',
      '2:12: error: overlay: there is no file no.yaml (overlay)',
    ],
    ['chp: chip.yaml', '1:1: error: a board file has no "chp", did you mean chip? (value)'],
    [
      'overlays: [a.yaml]',
      '1:1: error: overlays: there is no chip that they change: name its file under "chip" (value)',
    ],
    [
      'blocks: [a]',
      '1:9: error: blocks: expected names, each with { is: KIND, at: PLACE }, got a list (value)',
    ],
    ['chip: a\nchip: b', '2:1: error: "chip" is given twice, first in line 1 (value)'],
  ])('says what is wrong with %j', async (text, issue) => {
    expect(await linted(withChip({ 'physmem.yaml': text }), 'physmem.yaml')).toEqual({
      ...{ code: 3, err: '' },
      out: [`physmem.yaml:${issue}`, '1 error, 0 warnings: 0 blocks, 0 registers', ''],
    })
  })

  it('of any name is one by what it says', async () => {
    const blocks = 'blocks: { mine: { is: pl061, at: 0x40000000 } }'
    const path = withChip({
      'one.yaml': `${blocks}\ntarget: 'sim:'`,
      'two.yaml': blocks,
      'sim.yaml': "target: 'sim:'\nblocks: { mine: { is: demo, at: 0x40000000 } }",
      'kinds.yaml':
        'blocks: { A: { registers: { R: 0 }, size: 4 }, B: { is: A, at: "uio:a/map0" } }',
    })
    for (const file of ['one.yaml', 'two.yaml', 'sim.yaml']) {
      expect(await linted(path, file)).toMatchObject({ code: 0, err: '' })
    }
    expect(await linted(path, 'kinds.yaml')).toEqual({
      ...{ code: 0, err: '' },
      out: ['no issues: 2 blocks, 2 registers', ''],
    })
  })

  it('beside an overlay says which chip that is for, and what was changed before', async () => {
    const path = withChip({
      'physmem.yaml': 'chip: chip.yaml\noverlays: [a.yaml, b.yaml]',
      'a.yaml': 'EMMC:\n  _add: { NEW: { offset: 8 } }\n',
      'b.yaml': 'EMMC:\n  _modify: { NEW: { access: read-only }, OLD: { access: read-only } }\n',
    })
    expect(await linted(path, 'a.yaml')).toMatchObject({ code: 0 })
    expect(await linted(path, 'b.yaml')).toEqual({
      ...{ code: 3, err: '' },
      out: [
        'b.yaml:2:42: error: EMMC: no register is "OLD" (unmatched)',
        '1 error, 0 warnings: 2 blocks, 5 registers',
        '',
      ],
    })
  })

  it('is named to whom an overlay says nothing of its chip', async () => {
    const path = withChip({ 'a.yaml': '_modify: { EMMC: { base: 0 } }\n_delet: EMMC\n' })
    expect(await linted(path, 'a.yaml')).toEqual({
      code: 3,
      out: [
        'a.yaml:2:1: error: unknown change "_delet": did you mean "_delete"? (unknown-key)',
        '1 error, 0 warnings: 0 blocks, 0 registers',
        '',
      ],
      err: `physmem: ${path}/a.yaml names no device that it changes, so only its form was checked: name it under "overlays" of a physmem.yaml beside it, or say there "_svd: FILE"\n`,
    })
  })
})
