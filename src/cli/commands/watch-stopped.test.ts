/** A table that goes on after Ctrl-Z, in a real terminal. */
import { expect, it } from 'vitest'
import { BuiltCli } from '../testing/built.ts'
import { TestFolder } from '../testing/files.ts'
import { has, Terminal } from '../testing/terminal.ts'

const cli = new BuiltCli()
const missing = has('tmux') ? '' : ' [skipped: no tmux]'

it.skipIf(missing)(`watch leaves nothing of the old table when it goes on${missing}`, async () => {
  using terminal = new Terminal({
    command: 'bash --norc -i',
    folder: new TestFolder().path,
    env: { PS1: '$ ' },
    columns: 150,
    rows: 16,
  })
  const places = '0x40000000..+32 0x10000000'
  terminal.type(`${process.execPath} ${cli.main} -t sim: watch ${places} --interval 10ms`)
  terminal.press('Enter')
  const isTable = (line: string) => /^every 10ms, look \d+; space pauses, q ends$/.test(line)
  await terminal.until((lines) => lines.some(isTable))
  terminal.press('C-z')
  await terminal.until((lines) => lines.some((line) => line.includes('Stopped')))
  terminal.type('fg')
  terminal.press('Enter')
  const lines = await terminal.until(([first = '']) => isTable(first))
  expect(lines.filter(isTable)).toHaveLength(1)
  expect(lines.slice(1)).toEqual([
    ...Array.from(
      { length: 8 },
      (_, at) => `0x400000${(at * 4).toString(16).padStart(2, '0')}  0x00000000`,
    ),
    '0x10000000  0x50484d31',
  ])
})
