/** Names that are made of hexadecimal digits alone: a converter is an ADC, an Ethernet controller a FEC. */
import { describe, expect, it } from 'vitest'
import { TestFolder } from '../../testing/files.ts'
import { printed, run } from '../../testing/run.ts'

const folder = new TestFolder()
const board = folder.file(
  'board.yaml',
  `name: bench
regions:
  adc:
    kind: device
    base: 0x40001000
    size: 8
    registers:
      ID: { offset: 0, kind: constant, value: 0x7e57 }
  fec: { kind: ram, base: 0x40002000, size: 8 }
`,
)
const chip = folder.file(
  'chip.yaml',
  `blocks:
  ADC1: { base: 0x10000000, registers: { ID: 0 } }
  DAC: { base: 0x10000008, registers: { SCRATCH: 0 } }
`,
)

const refused = (message: string) => ({ code: 2, out: '', err: `physmem: ${message}\n` })

describe('a name of hexadecimal digits', () => {
  it.each([
    [`read ADC1 --chip ${chip}`, 'ADC1.ID  0x50484d31'],
    [`read ADC1 DAC --chip ${chip}`, 'ADC1.ID      0x50484d31', 'DAC.SCRATCH  0x00000000'],
  ])('is that of a block: %s', async (line, ...lines) => {
    expect(await run(`-t sim: ${line}`)).toEqual(printed(...lines))
  })

  it.each([
    ['read adc', 'adc.ID  0x00007e57'],
    ['watch adc --count 1 --quiet', '0x00007e57'],
    ['record adc --count 1 --quiet', '0x00007e57'],
    ['list adc', '0x40001000  4 bytes  adc.ID  read-only  constant'],
  ])('is that of a region: %s', async (line, out) => {
    const { code, out: said } = await run(`-t sim:${board} ${line}`)
    expect({ code, out: said }).toEqual({ code: 0, out: `${out}\n` })
  })

  it.each([['wait adc=1'], ['write adc=1']])(
    'is that of a region, which is no register: %s',
    async (line) => {
      const expected = refused('adc is 1 register: name one, such as adc.ID')
      expect(await run(`-t sim:${board} ${line}`)).toEqual(expected)
    },
  )

  it.each([
    ['dump adc', 'read adc', '0x40001000'],
    ['map adc', 'map 0x40001000', '0x40001000'],
    ['dump fec..+4', 'dump 0x40002000..+4', '0x40002000'],
  ])('is told where it is, where no name is taken: %s', async (line, meant, address) => {
    const [, name] = line.split(/ |\.\./)
    const expected = `"${name}" is not a place: on this board it is at ${address}, did you mean physmem -t sim:${board} ${meant}?`
    expect(await run(`-t sim:${board} ${line}`)).toEqual(refused(expected))
  })

  it('that a board file has wrong is told with its line', async () => {
    const file = folder.file('fec.yaml', 'blocks: { fec: { is: nosuchkind, at: 0x10 } }\n')
    expect(await run(`-t sim: read fec --board ${file}`)).toEqual(
      refused(
        `${file}:1:22: fec: nothing describes a block "nosuchkind": expected a file, or the name of a block\n  hint: physmem --target sim: chips shows the blocks`,
      ),
    )
  })

  it.each([['read fed00000'], ['write fed00000=1'], ['wait fed00000=1'], ['watch fed00000']])(
    'that nothing has is an address: %s',
    async (line) => {
      const expected = refused('"fed00000" is not a place: did you mean 0xfed00000?')
      expect(await run(`-t sim: ${line}`)).toEqual(expected)
    },
  )

  const misaligned = refused('"abcd" is not a place')
  it.each([['read'], ['watch'], ['record'], ['write', '=1'], ['wait', '=1']])(
    'that nothing has is no address that does not go with the width: %s',
    async (command, value = '') => {
      const line = ['-t', 'sim:', command, `abcd${value}`]
      expect(await run(line)).toEqual(misaligned)
      const narrow = await run([...line, '-w', '8'])
      expect(narrow.code).toBe(2)
      expect(narrow.err).not.toContain('multiple')
    },
  )

  it('is no address to what lists names', async () => {
    expect(await run(`-t sim:${board} list fed00000`)).toEqual({
      ...{ code: 3, out: '' },
      err: 'physmem: nothing here has fed00000 in it\n',
    })
  })
})
