import { describe, expect, it } from 'vitest'
import { BuiltCli } from '../testing/built.ts'
import { TestFolder } from '../testing/files.ts'
import { printed, run } from '../testing/run.ts'
import { accessesOf, recordedSim } from '../testing/sim.ts'

describe('load from a pipe', () => {
  it('stores what comes', async () => {
    const memory = await recordedSim()
    const input = Uint8Array.from([1, 0, 0, 0, 2, 0, 0, 0])
    const ran = await run('load 0x40000008 - --verify', { memory, input })
    expect(ran).toEqual(printed('8 bytes of standard input are at 0x40000008'))
    expect(accessesOf(memory).slice(0, 2)).toEqual(['w32 0x40000008=0x1', 'w32 0x4000000c=0x2'])
  })

  it.each([
    [[], 'standard input is empty'],
    [
      [1, 2, 3],
      'standard input: 3 bytes are not a whole number of 32-bit elements\n  hint: use --width 8',
    ],
  ])('stores nothing of %j', async (input, message) => {
    const memory = await recordedSim()
    const ran = await run('load 0x40000008 -', { memory, input: Uint8Array.from(input) })
    expect(ran).toEqual({ code: 2, out: '', err: `physmem: ${message}\n` })
    expect(accessesOf(memory)).toEqual([])
  })
})

describe('load from a pipe, as it is built', () => {
  const cli = new BuiltCli()
  const folder = new TestFolder()

  it('reads standard input to its end', async () => {
    const file = folder.file('memory.bin', new Uint8Array(16))
    const ran = await cli.shell(`printf 'abcdefgh' | physmem load file:${file}+8 - && cat ${file}`)
    expect(ran).toEqual({
      code: 0,
      out: `8 bytes of standard input are at file:${file}+0x8\n${'\0'.repeat(8)}abcdefgh`,
      err: '',
    })
  })
})
