import { describe, expect, it } from 'vitest'
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
        `${bad}:12:9: warning: UART%s.RSR: it lies on DR, at offset 0x0, and neither is an alternate (registers-overlap)`,
        `${bad}:13:69: error: UART%s.FR: its size is 0 bits, expected 1 to 64: it is left out (bad-size)`,
        '1 error, 1 warning: 2 blocks, 4 registers',
        '',
      ].join('\n'),
      err: '',
    })
    expect(await run(['lint', bad, '--quiet'])).toEqual({ code: 3, out: '', err: '' })
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
          message: 'it lies on DR, at offset 0x0, and neither is an alternate',
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

  it('refuses what is no description, and what is not there', async () => {
    const page = folder.file('page.svd', '<!DOCTYPE html>\n<html></html>')
    expect(await run(['lint', page])).toEqual({
      code: 2,
      out: '',
      err: `physmem: ${page}:1:1: this is a web page, and no description: download the raw file\n`,
    })
    const { code, err } = await run(['lint', `${folder.path}/none.svd`])
    expect(code).toBe(2)
    expect(err).toBe(`physmem: there is no file ${folder.path}/none.svd\n`)
    expect((await run('lint x.svd --width 8')).err).toBe(
      'physmem: --width means nothing to lint: leave it out\n',
    )
  })
})
