/** Names of values that are read, and of values that are written. */
import { describe, expect, it } from 'vitest'
import { TestFolder } from '../../testing/files.ts'
import { printed, run } from '../../testing/run.ts'
import { accessesOf, recordedSim } from '../../testing/sim.ts'

const folder = new TestFolder()
const chip = folder.file(
  'chip.yaml',
  `blocks:
  DEMO:
    base: 0x10000000
    registers:
      SCRATCH:
        offset: 8
        fields:
          BOTH: { bits: 3:0, read-values: { Idle: 0, Busy: 1 }, write-values: { Stop: 0, Go: 1 } }
          SEEN: { bits: 7:4, read-values: { Low: 0, High: 1 } }
          SET: { bits: 11:8, write-values: { Clear: 0, Arm: 1 }, writes: values }
          KEY: { bits: 15:12, access: write-once }
          SAME: { bits: 19:16, writes: as-read }
`,
)
const at = (line: string) => `${line} -t sim: --chip ${chip}`

describe('the name of a value', () => {
  it.each([
    [
      'write DEMO.SCRATCH:BOTH=Busy',
      '"Busy" is a value that DEMO.SCRATCH:BOTH reads as, not one to write: expected Stop, Go',
    ],
    [
      'write DEMO.SCRATCH:SEEN=high',
      '"high" is a value that DEMO.SCRATCH:SEEN reads as, not one to write: give a number',
    ],
    [
      'wait DEMO.SCRATCH:BOTH=Go',
      '"Go" is a value to write to DEMO.SCRATCH:BOTH, not one that it reads as: expected Idle, Busy',
    ],
    [
      'wait DEMO.SCRATCH:SET=Arm',
      '"Arm" is a value to write to DEMO.SCRATCH:SET, not one that it reads as: give a number',
    ],
    [
      'record DEMO.SCRATCH --when DEMO.SCRATCH:BOTH=Go',
      '"Go" is a value to write to DEMO.SCRATCH:BOTH, not one that it reads as: expected Idle, Busy',
    ],
    [
      'write DEMO.SCRATCH:BOTH=Gone',
      'there is no value "Gone" of DEMO.SCRATCH:BOTH: it has Stop, Go',
    ],
    [
      'write DEMO.SCRATCH:SET=2',
      'DEMO.SCRATCH:SET takes only named values, and 0x2 has no name\n  hint: give --force to do it anyway',
    ],
    [
      'write DEMO.SCRATCH=0x200',
      'DEMO.SCRATCH:SET takes only named values, and 0x2 has no name\n  hint: give --force to do it anyway',
    ],
    [
      'write DEMO.SCRATCH{0x200,0xf00}',
      'DEMO.SCRATCH:SET takes only named values, and 0x2 has no name\n  hint: give --force to do it anyway',
    ],
    [
      'write DEMO.SCRATCH{0,0x10000}',
      'DEMO.SCRATCH:SAME may only be written as it was read\n  hint: give --force to do it anyway',
    ],
  ])('is one of its use: %s', async (line, message) => {
    const memory = await recordedSim()
    expect(await run(at(line), { memory })).toEqual({
      ...{ code: 2, out: '', err: `physmem: ${message}\n` },
    })
    expect(accessesOf(memory)).toEqual([])
  })

  it('of a whole value is what it reads as, of what can be read', async () => {
    const memory = await recordedSim()
    const wrote = await run(at('write DEMO.SCRATCH=0x1111'), { memory })
    expect(wrote).toEqual({
      ...{ code: 0, out: '' },
      err: 'physmem: DEMO.SCRATCH:SAME may only be written as it was read\n',
    })
    expect(await run(at('read DEMO.SCRATCH'), { memory })).toEqual(
      printed(
        'DEMO.SCRATCH  0x00001111',
        '  SAME  19:16  0x0',
        '  SET   11:8   0x1',
        '  SEEN  7:4    0x1  High',
        '  BOTH  3:0    0x1  Busy',
      ),
    )
    const { results } = JSON.parse((await run(at('read DEMO.SCRATCH --json'), { memory })).out)
    expect(results[0].fields.map(({ name }: { name: string }) => name)).not.toContain('KEY')
  })

  it('that is waited for is none of those that are written', async () => {
    const { err } = await run(at('wait DEMO.SCRATCH:BOTH=5 --timeout 1us'))
    expect(err).toContain('DEMO.SCRATCH:BOTH: 0x5 is not one of the named values\n')
    const other = await run(at('wait DEMO.SCRATCH:SET=5 --timeout 1us'))
    expect(other.err).not.toContain('none of the values')
  })
})
