/** What a person does to a watch in a real terminal, and what becomes of the terminal. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { BuiltCli } from '../testing/built.ts'
import { TestFolder } from '../testing/files.ts'
import { has, Terminal } from '../testing/terminal.ts'
import { keysIn } from './keys.ts'

describe('keys', () => {
  it.each([
    ['q', ['q']],
    [' ', ['space']],
    ['\x1b[A\x1bOB', ['up', 'down']],
    ['\x1b[5~\x1b[6~', ['page up', 'page down']],
    ['\x1b[H\x1b[4~gG', ['home', 'end', 'home', 'end']],
    ['\x03\x1a\x1c', ['SIGINT', 'SIGTSTP', 'SIGQUIT']],
    ['x\x1b[99;5~\x1b\xff', []],
  ])('in %j', (sent, keys) => {
    expect(keysIn(sent)).toEqual(keys)
  })
})

const folder = new TestFolder()
const cli = new BuiltCli()
const missing = ['tmux', 'bash'].filter((program) => !has(program))
const lack = missing.length > 0 ? ` (${missing.join(' and ')} is missing)` : ''

describe.skipIf(missing.length > 0)(`watch in a terminal${lack}`, () => {
  const watch = `"${process.execPath}" "${cli.main}" --target sim: watch 0x40000000..+64 --interval 20ms`

  async function open(): Promise<Terminal> {
    const terminal = new Terminal({ command: 'bash --norc -i', folder: folder.path, rows: 12 })
    await line(terminal, 'PS1="$ "; ulimit -c 0; stty -a > before; echo rea""dy', 'ready')
    return terminal
  }

  /** Runs a line of the shell, and waits for what it prints. */
  async function line(terminal: Terminal, text: string, printed: string): Promise<void> {
    terminal.type(text)
    terminal.press('Enter')
    await terminal.until((lines) => lines.some((seen) => seen.startsWith(printed)))
  }

  const started = (terminal: Terminal) => line(terminal, `clear; ${watch}`, 'every 20ms, look')
  const same = 'stty -a > after; cmp before after && echo as it wa""s'
  const asItWas = (terminal: Terminal) => line(terminal, same, 'as it was')

  it('scrolls and ends by keys', async () => {
    using terminal = await open()
    await started(terminal)
    await terminal.until(([heading = '']) => heading.includes(', 1 to 10 of 16 are shown'))
    terminal.press('Down')
    await terminal.until((lines) => lines[1] === '0x40000004  0x00000000')
    terminal.press('End')
    await terminal.until((lines) => lines.includes('0x4000003c  0x00000000'))
    terminal.press('Space')
    await terminal.until(([heading = '']) => heading.startsWith('paused at look '))
    terminal.press('q')
    await terminal.until((lines) => lines.at(-1) === '$')
    await line(terminal, 'clear; echo code $?', 'code 0')
    await asItWas(terminal)
  })

  it.each(['C-c', 'C-\\'])('gives the terminal back at %s', async (key) => {
    using terminal = await open()
    await started(terminal)
    terminal.press(key)
    await terminal.until((lines) => lines.at(-1)?.endsWith('$') === true)
    await asItWas(terminal)
  })

  it.each(['SIGTERM', 'SIGHUP', 'SIGINT', 'SIGQUIT'] as const)(
    'gives the terminal back at %s',
    async (signal) => {
      using terminal = await open()
      await line(terminal, `clear; sh -c 'echo $$ > pid; exec ${watch}'`, 'every 20ms, look')
      process.kill(Number(readFileSync(folder.file('pid'), 'utf8')), signal)
      await terminal.until((lines) => lines.at(-1)?.endsWith('$') === true)
      await asItWas(terminal)
    },
  )

  it('stops at Ctrl-Z, and goes on', async () => {
    using terminal = await open()
    await started(terminal)
    terminal.press('C-z')
    await terminal.until((lines) => lines.some((seen) => seen.includes('Stopped')))
    await asItWas(terminal)
    await line(terminal, 'clear; fg', 'every 20ms, look')
    terminal.press('q')
    await terminal.until((lines) => lines.at(-1) === '$')
    await asItWas(terminal)
  })

  it('reads no keys where its input is not a terminal', async () => {
    using terminal = await open()
    await line(terminal, `clear; ${watch} --count 3 < /dev/null`, 'every 20ms, look 3')
    expect(terminal.lines[0]).toBe('every 20ms, look 3, 1 to 10 of 16 are shown; Ctrl-C ends')
    await asItWas(terminal)
  })
})
