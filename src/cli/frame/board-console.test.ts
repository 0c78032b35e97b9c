import { describe, expect, it } from 'vitest'
import { type RunInTest, run } from '../testing/run.ts'

/** All that is printed, in its order. */
async function shown(line: string, options: RunInTest = {}): Promise<string> {
  let text = ''
  const onPrint = (more: string) => {
    text += more
  }
  await run(line, { ...options, onPrint, onComplain: onPrint })
  return text
}

const fill = '-t sim: fill 0x09000000..+1 0x41 --width 8'
const made = '1 byte from 0x09000000 is written'

describe("what a simulated board's console prints", () => {
  it('is on a line of its own in a terminal', async () => {
    expect(await shown(fill, { terminal: true })).toBe(`A\n${made}\n`)
    expect(await shown(`${fill} --quiet`, { terminal: true })).toBe('A\n')
    expect(await shown('-t sim: write 0x09000000=0x0a --width 8', { terminal: true })).toBe('\n')
  })

  it('is the bytes alone where no terminal is', async () => {
    const { out, err } = await run(fill)
    expect({ out, err }).toEqual({ out: `${made}\n`, err: 'A' })
    expect(await run(`${fill} --quiet`)).toEqual({ code: 0, out: '', err: 'A' })
  })

  it('ends before what the command says on the same stream', async () => {
    const { err } = await run('-t sim: write 0x09000000=0x41 0x10000024=1 --verify')
    expect(err).toMatch(/^A\nphysmem: 0x09000000=0x00000041 was written, but reads back as /)
  })
})
