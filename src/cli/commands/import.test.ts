import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { TestFolder } from '../testing/files.ts'
import { printed, run } from '../testing/run.ts'

const folder = new TestFolder()
const csv = folder.file(
  'csr.csv',
  'csr_base,uart,0xf0001000,,\ncsr_register,uart_rxtx,0xf0001000,1,rw\nconstant,config_csr_data_width,32,,\n',
)
const yaml = `name: csr
blocks:
  uart:
    base: 0xf0001000
    registers:
      rxtx: 0x0
`
const twice = folder.file(
  'chip.svd',
  `<device><name>chip</name><peripherals><peripheral><name>A</name><baseAddress>0x1000</baseAddress>
<addressBlock><offset>0</offset><size>16</size><usage>registers</usage></addressBlock><registers>
<register><name>R</name><addressOffset>0</addressOffset></register>
<register><name>R</name><addressOffset>4</addressOffset></register>
<register><name>S</name><addressOffset>zzz</addressOffset></register>
</registers></peripheral></peripherals></device>`,
)

describe('import', () => {
  it('prints a description as YAML', async () => {
    expect(await run(['import', csv])).toEqual({ code: 0, out: yaml, err: '' })
  })

  it('writes it to a file, in the place of what it had', async () => {
    const file = folder.file('soc.yaml', 'x'.repeat(10_000))
    const wrote = `wrote ${file}: 1 block of ${csv} (LiteX)`
    expect(await run(['import', csv, '-o', file])).toEqual(printed(wrote))
    expect(readFileSync(file, 'utf8')).toBe(yaml)
    expect(await run(['import', csv, '-q', '-o', file])).toEqual(printed())
  })

  it('reads what it wrote as the same', async () => {
    const file = folder.file('again.yaml', yaml)
    expect(await run(['import', file])).toEqual({ code: 0, out: yaml, err: '' })
  })

  it('tells all of it as JSON', async () => {
    const { out } = await run(['import', csv, '--json'])
    expect(JSON.parse(out)).toEqual({
      ...{ command: 'import', description: csv, format: 'litex', device: 'csr', blocks: 1 },
      ...{ bytes: yaml.length, issues: [], changes: [], text: yaml },
    })
  })

  it('says what was left out, and what is called otherwise', async () => {
    const { code, out, err } = await run(['import', twice])
    expect(code).toBe(0)
    expect(out).toContain('      R: 0x0\n      R_2: 0x4\n')
    expect(err.split('\n')).toEqual([
      expect.stringMatching(/^physmem: \S+chip\.svd:5:\d+: A\.S: /),
      `physmem: 1 part of ${twice} was left out`,
      'physmem: 1 part was written otherwise; A.R: it is called R_2',
      '',
    ])
  })

  it('does not write over the description, nor for what is none', async () => {
    const message = `physmem: ${csv} is the description itself: expected another file`
    expect(await run(['import', csv, '-o', csv])).toEqual({ code: 2, out: '', err: `${message}\n` })
    const page = folder.file('page.svd', '<!DOCTYPE html><html></html>')
    const other = `${folder.path}/none.yaml`
    const refusal = `physmem: ${page}:1:1: this is a web page, not a description: download the raw file`
    expect(await run(['import', page, '-o', other])).toEqual({
      ...{ code: 2, out: '', err: `${refusal}\n` },
    })
    expect(existsSync(other)).toBe(false)
  })
})
