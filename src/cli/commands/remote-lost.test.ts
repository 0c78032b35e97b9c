import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { FolderBoard, noBoard } from '../testing/board.ts'
import { TestFolder } from '../testing/files.ts'
import { LosingAgent } from '../testing/losing-agent.ts'
import { type RunInTest, run } from '../testing/run.ts'

const folder = new TestFolder()
const skipped = noBoard ? ` [skipped: ${noBoard}]` : ''

describe.skipIf(noBoard)(`a connection that is lost when the program has run${skipped}`, () => {
  const board = noBoard ? undefined : new FolderBoard()
  const agent = board && new LosingAgent(board, folder.file('agent.sock'))
  afterAll(() => {
    agent?.close()
    board?.remove()
  })
  const target = agent?.target ?? ''
  const lost = `physmem: ${target}: the connection is lost: the other side closed it`
  const there = (line: string, options?: RunInTest) =>
    run([...line.split(' '), '-t', target], options)
  const word = (address: number) => board?.word(address)
  beforeEach(() => {
    if (agent) Object.assign(agent, { answered: 0, onRun: () => {} })
  })

  it('does not say that what was written was not', async () => {
    expect(await there('write 0x200=0x21 0x204=0x22')).toEqual({
      ...{ code: 1, out: '' },
      err: `${lost}; 0 steps of 2 known to be done; whether any of steps 0 to 1 was done is not known\n  done: made 0 of 2 assignments; not known whether made: 0x00000200=0x00000021, 0x00000204=0x00000022\n  cure: read it before you write it again\n`,
    })
    expect([word(0x200), word(0x204)]).toEqual([0x21, 0x22])
  })

  it('says nothing in JSON of what is not known', async () => {
    const { out } = await there('write 0x208=1 --json')
    const [result] = JSON.parse(out).results
    expect(result).toEqual({ place: '0x208', address: 0x208, width: 32, value: 1 })
  })

  it('says the same of registers', async () => {
    const text = 'blocks:\n  B: { base: 0x210, registers: { ONE: 0, TWO: 4 } }\n'
    const chip = folder.file('chip.yaml', text)
    expect((await there(`write B.ONE=1 B.TWO=2 --chip ${chip}`)).err).toContain(
      '\n  done: made 0 of 2 stores; not known whether made: B.ONE, B.TWO\n',
    )
    const { out } = await there(`write B.ONE=1 --chip ${chip} --json`)
    expect(JSON.parse(out).results[0]).not.toHaveProperty('done')
  })

  it.each(['fill 0x300..0x340 0x5', 'copy 0x100..0x140 0x300'])(
    'says as much of %s',
    async (line) => {
      if (agent && line.startsWith('copy')) agent.answered = 1
      expect(await there(line)).toEqual({
        ...{ code: 1, out: '' },
        err: `${lost}; it is not known whether it was done\n  done: wrote 0 of 64 bytes, as far as is known\n  cure: read it before you write it again\n`,
      })
    },
  )

  it('is an interruption where Ctrl-C was pressed before', async () => {
    const stop = new AbortController()
    if (agent) agent.onRun = () => stop.abort()
    expect(await there('fill 0x400..0x440 0x5', { signal: stop.signal })).toEqual({
      ...{ code: 1, out: '' },
      err: 'physmem: stopped (Ctrl-C): the connection ended, too; it is not known whether it was done\n  done: wrote 0 of 64 bytes, as far as is known\n  cure: read it before you write it again\n',
    })
    expect(word(0x400)).toBe(5)
  })
})
