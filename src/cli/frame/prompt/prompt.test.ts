/** What a person does at a prompt in a real terminal, and what becomes of the terminal. */
import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { noAgent } from '../../../remote/testing/agent.ts'
import { BuiltCli } from '../../testing/built.ts'
import { TestFolder } from '../../testing/files.ts'
import { has, Terminal } from '../../testing/terminal.ts'
import { History } from './history.ts'

/** A line that says so when it runs, and has no end. */
const waiting = 'wait 0x40000001=1 --unaligned --timeout 5m'
const waits = 'physmem: 0x40000001 is not aligned'

const folder = new TestFolder()
const cli = new BuiltCli()
const missing = ['tmux', 'bash'].filter((program) => !has(program))
const lack = missing.length > 0 ? ` (${missing.join(' and ')} is missing)` : ''

describe.skipIf(missing.length > 0)(`a prompt in a terminal${lack}`, () => {
  const repl = (target: string) => `"${process.execPath}" "${cli.main}" repl -t ${target}`

  function open(): Terminal {
    return new Terminal({
      ...{ command: 'bash --norc -i', folder: folder.path, rows: 30 },
      env: { XDG_STATE_HOME: join(folder.path, 'state'), PS1: '$ ' },
    })
  }

  /** Types a line, and waits for what it prints. */
  async function line(terminal: Terminal, text: string, printed: string): Promise<void> {
    terminal.type(text)
    terminal.press('Enter')
    await terminal.until((lines) => lines.some((seen) => seen.startsWith(printed)))
  }

  const started = async (terminal: Terminal, target = 'sim:', prompt = 'sim>') => {
    await line(terminal, 'ulimit -c 0; stty -a > before; echo rea""dy', 'ready')
    await line(terminal, `clear; ${repl(target)}`, prompt)
  }
  const asItWas = (terminal: Terminal) =>
    line(terminal, 'clear; stty -a > after; cmp before after && echo as it wa""s', 'as it was')
  const ended = (terminal: Terminal) =>
    terminal.until((lines) => lines.at(-1)?.endsWith('$') === true)
  const last = (terminal: Terminal, text: string) =>
    terminal.until((lines) => lines.at(-1) === text)

  it('edits, completes and remembers lines, and ends by Ctrl-D', async () => {
    mkdirSync(folder.file('state'), { recursive: true })
    using terminal = open()
    await started(terminal)
    await line(terminal, 'write 0x10000008=0x15', 'sim> write')
    await line(terminal, 'read 0x10000008', '0x10000008  0x00000015')
    terminal.press('Up', 'Up')
    await last(terminal, 'sim> write 0x10000008=0x15')
    terminal.press('C-c')
    await last(terminal, 'sim>')
    terminal.type('wri')
    terminal.press('Tab')
    await last(terminal, 'sim> write')
    terminal.type('demo.CONT')
    terminal.press('Tab')
    await last(terminal, 'sim> write demo.CONTROL')
    terminal.press('C-u')
    await last(terminal, 'sim>')
    // Both in one read, as over a slow connection.
    terminal.type('write demo.CO\t\t')
    await terminal.until((lines) => lines.some((seen) => /^demo\.CO\w+ +demo\.CO/.test(seen)))
    terminal.press('C-u')
    await last(terminal, 'sim>')
    terminal.press('C-d')
    await ended(terminal)
    await line(terminal, 'echo "code $?"', 'code 0')
    await asItWas(terminal)
    await started(terminal)
    terminal.press('Up')
    await last(terminal, 'sim> read 0x10000008')
    await line(terminal, '', '0x10000008  0x00000000')
    await line(terminal, 'exit', 'sim> exit')
    await ended(terminal)
    await asItWas(terminal)
    const file = folder.file('state/physmem/history')
    expect(readFileSync(file, 'utf8')).toBe('write 0x10000008=0x15\nread 0x10000008\n')
    expect(statSync(file).mode & 0o777).toBe(0o600)
  })

  it('stops what runs at Ctrl-C, and goes on', async () => {
    using terminal = open()
    await started(terminal)
    await line(terminal, waiting, waits)
    terminal.press('C-c')
    await terminal.until((lines) => lines.includes('physmem: stopped (Ctrl-C)'))
    // Typed while a line runs, and pasted: each is a line.
    terminal.type('watch 0x10000000\r')
    await terminal.until((lines) => lines.some((seen) => seen.startsWith('every 500ms')))
    terminal.press('q')
    await last(terminal, 'sim>')
    terminal.type('read 0x10000000 -q\rread 0x10000004 -q\rread 0x1000')
    await terminal.until(
      (lines) =>
        lines.slice(-4).join('|') ===
        '0x50484d31|sim> read 0x10000004 -q|0x00010002|sim> read 0x1000',
    )
    terminal.press('C-c')
    await last(terminal, 'sim>')
    await line(terminal, 'watch 0x10000000', 'every 500ms, look 1')
    terminal.press('C-c')
    await last(terminal, 'sim>')
    // Node warns of more than ten listeners that stay.
    terminal.type('\r'.repeat(12))
    await terminal.until((lines) => lines.slice(-13).every((seen) => seen === 'sim>'))
    terminal.press('C-d')
    await ended(terminal)
    await asItWas(terminal)
  })

  it.each(['SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGINT'] as const)(
    'gives the terminal back at %s',
    async (signal) => {
      using terminal = open()
      await line(terminal, 'ulimit -c 0; stty -a > before; echo rea""dy', 'ready')
      await line(terminal, `clear; sh -c 'echo $$ > pid; exec ${repl('sim:')}'`, 'sim>')
      const send = () => process.kill(Number(readFileSync(folder.file('pid'), 'utf8')), signal)
      send()
      if (signal === 'SIGINT') {
        await terminal.until((lines) => lines.join('|') === 'sim> ^C|sim>')
        terminal.press('C-d')
      }
      await ended(terminal)
      const code = { SIGTERM: 143, SIGHUP: 129, SIGQUIT: 131, SIGINT: 0 }[signal]
      await line(terminal, 'echo "code $?"', `code ${code}`)
      await asItWas(terminal)
    },
  )

  it('ends by a signal that comes while a line runs', async () => {
    using terminal = open()
    await line(terminal, 'stty -a > before; echo rea""dy', 'ready')
    await line(terminal, `clear; sh -c 'echo $$ > pid; exec ${repl('sim:')}'`, 'sim>')
    await line(terminal, waiting, waits)
    process.kill(Number(readFileSync(folder.file('pid'), 'utf8')), 'SIGTERM')
    await terminal.until((lines) => lines.includes('physmem: stopped (SIGTERM)'))
    await ended(terminal)
    await line(terminal, 'echo "code $?"', 'code 143')
    await asItWas(terminal)
  })

  it('stops at Ctrl-Z, and goes on', async () => {
    using terminal = open()
    await started(terminal)
    terminal.type('read 0x1000')
    await last(terminal, 'sim> read 0x1000')
    terminal.press('C-z')
    await terminal.until((lines) => lines.some((seen) => seen.includes('Stopped')))
    await asItWas(terminal)
    await line(terminal, 'clear; fg', 'sim> read 0x1000')
    await line(terminal, '0000', '0x10000000  0x50484d31')
    terminal.press('C-d')
    await ended(terminal)
    await asItWas(terminal)
  })

  const user = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups']
  const [program = '', ...words] = [...user, process.execPath, '-e', '0']
  const isRoot = process.getuid?.() === 0 && spawnSync(program, words).status === 0
  it.skipIf(!isRoot)(
    'is for an ordinary user, too, who has no folder for its history',
    async () => {
      using terminal = open()
      await line(terminal, 'stty -a > before; echo rea""dy', 'ready')
      await line(terminal, `clear; ${user.join(' ')} ${repl('sim:')}`, 'sim>')
      await line(terminal, 'read 0x10000000', '0x10000000  0x50484d31')
      const said = terminal.lines.filter((seen) => seen.startsWith('physmem:'))
      const state = join(folder.path, 'state/physmem')
      expect(said).toEqual([`physmem: no history is kept: ${state} cannot be made (EACCES)`])
      terminal.press('C-d')
      await ended(terminal)
      await asItWas(terminal)
    },
  )

  const slow = "'exec:tail -f /dev/null'"
  it.each([
    ['the machine', slow],
    ['one of several', `sim: -t ${slow}`],
  ])('ends by Ctrl-C while %s is being reached', async (_, targets) => {
    using terminal = open()
    await line(terminal, 'stty -a > before; echo rea""dy', 'ready')
    await line(terminal, `clear; ${repl(targets)} -v`, 'physmem: runs tail -f')
    terminal.press('C-c')
    await ended(terminal)
    expect(terminal.lines.join(' ')).toContain('physmem: stopped (Ctrl-C)')
    await line(terminal, 'echo "code $?"', 'code 130')
    await asItWas(terminal)
  })

  describe.skipIf(noAgent)(`with an agent${noAgent ? ` [skipped: ${noAgent}]` : ''}`, () => {
    const asked = 'read iomem:none'
    const answer = 'physmem: no resource of /proc/iomem is named "none"'
    const pid = () => readFileSync(folder.file('pid'), 'utf8').trim()
    const startedThere = async (terminal: Terminal) => {
      await line(terminal, 'stty -a > before; echo rea""dy', 'ready')
      await line(terminal, `clear; sh -c 'echo $$ > pid; exec ${repl('exec:env')}'`, 'exec:env>')
    }

    it('keeps the connection when a line is stopped', async () => {
      const file = folder.file('ram.bin', new Uint8Array(64))
      using terminal = open()
      await startedThere(terminal)
      await line(terminal, waiting.replace(/0x\w+/, `file:${file}+1`), 'physmem: file:')
      terminal.press('C-c')
      await last(terminal, 'exec:env>')
      await line(terminal, asked, answer)
      expect(terminal.lines.join('\n')).not.toContain('connect')
      terminal.press('C-d')
      await ended(terminal)
      await asItWas(terminal)
    })

    it('ends the connection where nothing else ends the line, and connects again', async () => {
      using terminal = open()
      await startedThere(terminal)
      const [agent] = readFileSync(`/proc/${pid()}/task/${pid()}/children`, 'utf8').split(' ')
      process.kill(Number(agent), 'SIGSTOP')
      terminal.type(asked)
      terminal.press('Enter')
      await last(terminal, `exec:env> ${asked}`)
      await setTimeout(100)
      terminal.press('C-c')
      await terminal.until((lines) => lines.some((seen) => seen === 'physmem: stopped (Ctrl-C)'))
      process.kill(Number(agent), 'SIGCONT')
      await line(terminal, asked, answer)
      expect(terminal.lines).toContain(
        'physmem: exec:env: the connection was lost: connecting again',
      )
      terminal.press('C-d')
      await ended(terminal)
      await asItWas(terminal)
    })
  })
})

describe('the history of a user', () => {
  const told: string[] = []
  const openIn = (state: string) =>
    History.open({ XDG_STATE_HOME: folder.file(state) }, (text) => told.push(text))
  const fresh = (state: string) => {
    mkdirSync(folder.file(state), { mode: 0o700 })
    return folder.file(`${state}/physmem/history`)
  }

  it('is kept, but for repeated lines and those that begin with a blank', () => {
    const file = fresh('kept')
    const history = openIn('kept')
    for (const text of ['a', 'b', 'b', ' c', 'd\x1b[0m', 'a']) history.add(text)
    expect(history.lines).toEqual(['a', 'b', 'a'])
    expect(openIn('kept').lines).toEqual(['a', 'b', 'a'])
    expect(readFileSync(file, 'utf8')).toBe('a\nb\na\n')
    expect(statSync(join(file, '..')).mode & 0o777).toBe(0o700)
  })

  it('is bounded', () => {
    const file = fresh('long')
    openIn('long').add('first')
    writeFileSync(file, [...Array(1000).fill('x'.repeat(400)), 'one', 'two', ''].join('\n'))
    const history = openIn('long')
    expect(history.lines.slice(0, 2)).toEqual(['two', 'one'])
    expect(history.lines.length).toBeLessThan(400)
    expect(statSync(file).size).toBeLessThan(128 * 1024 + 1)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    for (let index = 0; index < 1100; index++) history.add(`line ${index}`)
    expect(history.lines.length).toBe(1000)
  })

  it.each([
    ['a link', 'is a link', (file: string) => symlinkSync('/dev/null', file)],
    [
      'open to others',
      'must belong to this user and to nobody else (mode 0600)',
      (file: string) => {
        writeFileSync(file, 'old\n')
        chmodSync(file, 0o644)
      },
    ],
    ['a folder', 'is no file', (file: string) => mkdirSync(file)],
  ])('is not kept where the file is %s', (name, why, make) => {
    const file = fresh(name)
    openIn(name)
    make(file)
    told.length = 0
    const history = openIn(name)
    history.add('new')
    expect(told).toEqual([`no history is kept: ${file} ${why}`])
    expect(history.lines).toEqual(['new'])
  })

  it('is kept in a folder that is made for it, with those above it', () => {
    told.length = 0
    const history = openIn('a/b/state')
    history.add('new')
    expect(openIn('a/b/state').lines).toEqual(['new'])
    for (const made of ['a', 'a/b', 'a/b/state', 'a/b/state/physmem']) {
      expect(statSync(folder.file(made)).mode & 0o777).toBe(0o700)
    }
    mkdirSync(folder.file('home'), { mode: 0o700 })
    History.open({ HOME: folder.file('home') }, (text) => told.push(text)).add('x')
    expect(readFileSync(folder.file('home/.local/state/physmem/history'), 'utf8')).toBe('x\n')
    expect(told).toEqual([])
  })

  it('is of one session where there is no folder for it, which is said', () => {
    writeFileSync(folder.file('plain'), '')
    const unmade = (path: string, why: string) =>
      `no history is kept: ${path} cannot be made (${why})`
    const plain = folder.file('plain')
    const none = 'no history is kept: neither XDG_STATE_HOME nor HOME names a folder for it'
    // /proc is root's.
    const inProc = (other: string) => (process.geteuid?.() === 0 ? 'ENOENT' : other)
    for (const [env, why] of [
      [{}, none],
      [{ XDG_STATE_HOME: 'here' }, none],
      [{ HOME: '/nonexistent' }, unmade('/nonexistent/.local/state/physmem', 'ENOENT')],
      [{ HOME: '/proc' }, unmade('/proc/.local/state/physmem', inProc('not our home'))],
      [{ XDG_STATE_HOME: '/proc/a/b' }, unmade('/proc/a/b/physmem', inProc('not our folder'))],
      [{ XDG_STATE_HOME: `${plain}/b` }, unmade(`${plain}/b/physmem`, 'ENOTDIR')],
    ] as const) {
      told.length = 0
      const history = History.open(env, (text) => told.push(text))
      history.add('new')
      expect(history.lines).toEqual(['new'])
      expect(told).toEqual([why])
    }
  })

  it('that can be written no longer says so once', () => {
    const file = fresh('gone')
    const history = openIn('gone')
    history.add('one')
    rmSync(join(file, '..'), { recursive: true })
    told.length = 0
    history.add('two')
    history.add('three')
    expect(told).toEqual([`no history is kept: ${file} cannot be written (ENOENT)`])
    expect(history.lines).toEqual(['three', 'two', 'one'])
  })
})
