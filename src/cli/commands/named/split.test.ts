/** A register of a simulated board that is wider than any access that its device answers. */
import { describe, expect, it } from 'vitest'
import { TestFolder } from '../../testing/files.ts'
import { printed, run } from '../../testing/run.ts'

const board = new TestFolder().file(
  'board.yaml',
  `name: bench
regions:
  timer:
    kind: device
    base: 0x40002000
    size: 0x20
    widths: [32]
    registers:
      CONTROL: { offset: 0, kind: read-write }
      COUNT: { offset: 8, kind: constant, value: 0x1234, width: 64 }
`,
)

const why = 'it has 64 bits and its bus carries 32 at a time'
const left = `physmem: 1 register was not read: timer.COUNT (${why})\n`

describe('a register that no access covers', () => {
  it.each([
    ['read timer', 'timer.CONTROL  0x00000000\n'],
    ['read timer --force', 'timer.CONTROL  0x00000000\n'],
  ])('is left out of its block: %s', async (line, out) => {
    expect(await run(`-t sim:${board} ${line}`)).toEqual({ code: 0, out, err: left })
  })

  it('is left out of what is watched', async () => {
    const { code, out, err } = await run(`-t sim:${board} watch timer --count 1`)
    expect(code).toBe(0)
    expect(out).toMatch(/^\S+ {2}timer\.CONTROL {2}0x00000000\n$/)
    expect(err).toBe(left)
  })

  it('is left out of a snapshot', async () => {
    const { code, out } = await run(`-t sim:${board} snapshot timer`)
    const { registers, skipped } = JSON.parse(out)
    expect(code).toBe(0)
    expect(registers.map(({ register }: { register: string }) => register)).toEqual([
      'timer.CONTROL',
    ])
    expect(skipped).toMatchObject([{ register: 'timer.COUNT' }])
  })

  it.each([['read timer.COUNT'], ['read timer.COUNT --force'], ['write timer.COUNT=1']])(
    'is refused by name: %s',
    async (line) => {
      const halves = 'its halves are two accesses, by address, 0x40002008 and 0x4000200c'
      expect(await run(`-t sim:${board} ${line}`)).toEqual({
        ...{ code: 2, out: '' },
        err: `physmem: timer.COUNT has 64 bits and its bus carries 32 at a time: ${halves}\n`,
      })
    },
  )

  it('is told by lint', async () => {
    const { code, out } = await run(`lint ${board}`)
    expect(code).toBe(3)
    expect(out).toContain(
      `${board}:10:65: warning: timer.COUNT: it has 64 bits, but the bus has 32: it is accessed with 32 bits (wider-than-bus)\n`,
    )
  })

  it('has halves that are read by address', async () => {
    expect(await run(`-t sim:${board} read 0x40002008..+8 --quiet`)).toEqual(
      printed('0x00001234', '0x00000000'),
    )
  })
})
