/** `physmem watch` by name: what changed is named by its fields. */
import { describe, expect, it } from 'vitest'
import { BuiltCli } from '../../testing/built.ts'
import { TestFolder } from '../../testing/files.ts'
import { run } from '../../testing/run.ts'
import { has, Terminal } from '../../testing/terminal.ts'

const folder = new TestFolder()
/** A register that counts its loads, so that every look meets another value. */
const board = folder.file(
  'loads.yaml',
  `name: loads
regions:
  dev:
    kind: device
    base: 0x1000
    size: 4k
    registers:
      LOADS:
        offset: 0
        kind: counter
        per-read: 1
        fields: { ODD: { bits: 0, values: { even: 0, odd: 1 } }, PAIRS: 7:1 }
      ID: { offset: 4, kind: constant, value: 0x5, fields: { KIND: 3:0 } }
`,
)
const lack = has('tmux') ? '' : ' (tmux is missing)'

describe('watch by name', () => {
  it('repaints on a terminal, marks what changed, and names its fields', async () => {
    const line = `--target sim:${board} watch dev.LOADS dev.ID dev.LOADS:ODD --interval 1ms --count 2`
    const { code, out, err } = await run(line, { terminal: true, colors: true, columns: 120 })
    expect({ code, err }).toEqual({
      code: 0,
      err: 'physmem: dev.LOADS: reading changes it\n'.repeat(2),
    })
    expect(out.split('\x1b[4A')[1]).toBe(
      '\revery 1ms, look 2; Ctrl-C ends\x1b[K\n' +
        'dev.LOADS      \x1b[7m0x00000002\x1b[0m  \x1b[7mPAIRS 0x01\x1b[0m now\x1b[K\n' +
        'dev.ID         0x00000005\x1b[K\n' +
        'dev.LOADS:ODD  1 (odd)  in 0x00000003\x1b[K\n',
    )
  })

  it('prints the fields that changed', async () => {
    const { out } = await run(`-t sim:${board} watch dev.LOADS dev.ID --interval 1ms --count 3`)
    expect(out.replace(/^\S+Z {2}/gm, '')).toBe(
      'dev.LOADS  0x00000000\n' +
        'dev.ID     0x00000005\n' +
        'dev.LOADS  0x00000000 -> 0x00000001  ODD 1 (odd)\n' +
        'dev.LOADS  0x00000001 -> 0x00000002  PAIRS 0x01, ODD 0 (even)\n',
    )
  })
})

describe.skipIf(lack !== '')(`watch by name in a terminal${lack}`, () => {
  const cli = new BuiltCli()

  it('shows the fields that changed', async () => {
    const watch = `"${process.execPath}" "${cli.main}" -t "sim:${board}" watch dev.LOADS dev.ID --interval 20ms`
    using terminal = new Terminal({ command: watch, folder: folder.path })
    const lines = await terminal.until((seen) =>
      seen.some((line) => /ODD 1 \(odd\) now$/.test(line)),
    )
    const at = lines.findIndex((line) => line.startsWith('every 20ms, look '))
    expect(lines[at + 1]).toMatch(
      /^dev\.LOADS {2}0x[0-9a-f]{8} {2}(PAIRS 0x[0-9a-f]{2}, )?ODD 1 \(odd\) now$/,
    )
    expect(lines.slice(at + 2)).toEqual(['dev.ID     0x00000005'])
  })
})
