/** Completion as one meets it: real shells, in a real terminal. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { BuiltCli } from '../testing/built.ts'
import { TestFolder } from '../testing/files.ts'
import { has, Terminal } from '../testing/terminal.ts'

const folder = new TestFolder()
const cli = new BuiltCli()

const shells = [
  {
    shell: 'bash',
    command: 'bash --norc -i',
    load: 'PS1="$ "; eval "$(physmem completion bash)"; echo loa""ded',
    open: 'file:"my dir/a b.bin"',
    widths: '8   16  32  64',
  },
  {
    shell: 'zsh',
    command: 'zsh -f -i',
    load: 'PS1="$ "; autoload -U compinit; compinit -u -D; source <(physmem completion zsh); echo loa""ded',
    // It writes the whole word anew.
    open: 'file:my\\ dir/a\\ b.bin',
    widths: '8\n16\n32\n64',
  },
  {
    shell: 'fish',
    command: 'fish --no-config -i',
    load: 'function fish_prompt; echo "> "; end; physmem completion fish | source; echo loa""ded',
    open: 'file:"my dir/a b.bin"',
    widths: '8  16  32  64',
  },
]

beforeAll(() => {
  mkdirSync(join(folder.path, 'bin'))
  mkdirSync(join(folder.path, 'my dir'))
  writeFileSync(join(folder.path, 'my dir/a b.bin'), '')
  mkdirSync(join(folder.path, 'kinds'))
  for (const name of ['a.bin', 'b.yaml']) writeFileSync(join(folder.path, 'kinds', name), '')
  const script = `#!/bin/sh\nexec '${process.execPath}' '${cli.main}' "$@"\n`
  writeFileSync(join(folder.path, 'bin/physmem'), script, { mode: 0o755 })
})

const without = (...programs: string[]) => programs.filter((program) => !has(program))

describe.each(shells)('$shell', ({ shell, command, load, open, widths }) => {
  const missing = without('tmux', shell)

  it.skipIf(missing.length > 0)(
    `completes in a terminal${missing.length > 0 ? ` (${missing.join(' and ')} is missing)` : ''}`,
    async () => {
      using terminal = new Terminal({
        command,
        folder: folder.path,
        env: { PATH: `${folder.path}/bin:${process.env.PATH}`, HOME: folder.path },
      })
      terminal.type(load)
      terminal.press('Enter')
      await terminal.until((lines) => lines.some((line) => line === 'loaded'))
      const completed = async (typed: string, expected: string) => {
        terminal.press('C-u', 'C-l')
        await terminal.until((lines) => !lines.join('').includes('physmem'))
        terminal.type(typed)
        terminal.press('Tab')
        await terminal.until((lines) => lines.join('\n').includes(expected))
      }
      await completed('physmem wri', 'physmem write')
      await completed('physmem help wai', 'physmem help wait')
      await completed('physmem -t sim: b', 'physmem -t sim: batch')
      await completed('physmem -t sim: read f', 'physmem -t sim: read file:')
      await completed('physmem dump file:my', 'physmem dump file:my\\ dir/')
      await completed('physmem dump file:my\\ dir/a\\ ', 'file:my\\ dir/a\\ b.bin')
      await completed("physmem dump 'file:my dir/", "physmem dump 'file:my dir/a b.bin'")
      await completed('physmem dump file:"my dir/a', `physmem dump ${open}`)
      await completed('physmem load 0x10 "my dir/', 'physmem load 0x10 "my dir/a b.bin"')
      await completed('physmem -t sim: write demo.CONTROL:MODE=F', 'demo.CONTROL:MODE=Fast')
      await completed('physmem -t sim: read DEM', 'physmem -t sim: read demo.')
      await completed('physmem -t sim: read uart0.imsc', 'physmem -t sim: read uart0.IMSC')
      await completed('physmem read 0 --board kinds/', 'physmem read 0 --board kinds/b.yaml')
      await completed('physmem read 0 -t sim:kinds/', 'physmem read 0 -t sim:kinds/b.yaml')
      await completed('physmem kmod build --headers ki', 'physmem kmod build --headers kinds/')
      // In our order, not in that of their letters.
      terminal.press('C-u', 'C-l')
      terminal.type('physmem read --width ')
      terminal.press('Tab', 'Tab')
      await terminal.until((lines) => lines.join('\n').includes(widths))
      expect(terminal.lines.join('\n')).not.toContain('completion:')
    },
  )
})

it.skipIf(without('tmux', 'zsh').length > 0)(
  'zsh lines descriptions up, and gives none more than a line',
  async () => {
    const { command = '', load = '' } = shells.find(({ shell }) => shell === 'zsh') ?? {}
    using terminal = new Terminal({
      command,
      folder: folder.path,
      columns: 60,
      env: { PATH: `${folder.path}/bin:${process.env.PATH}`, HOME: folder.path },
    })
    terminal.type(load)
    terminal.press('Enter')
    await terminal.until((lines) => lines.some((line) => line === 'loaded'))
    const shown = async (typed: string, last: string) => {
      terminal.press('C-u', 'C-l')
      await terminal.until((lines) => !lines.join('').includes('physmem'))
      terminal.type(typed)
      terminal.press('Tab', 'Tab')
      const lines = await terminal.until((lines) => lines.some((line) => line.startsWith(last)))
      return lines.slice(1)
    }
    expect(await shown('physmem re', 'repl')).toEqual([
      'read    -- read registers or ranges',
      'record  -- sample registers into a waveform or table',
      'restore -- write a snapshot back',
      'repl    -- type commands at a prompt',
    ])
    expect(await shown('physmem -t sim: describe demo.C', 'demo.COM')).toEqual([
      'demo.CONTROL -- Bits 6:4 mode; bit 7 starts the work and r…',
      'demo.COMMAND',
    ])
    expect((await shown('physmem help --', '--act-on-i2c'))[0]).toBe(
      '--target          -- which machine: local, sim: (a simulat…',
    )
  },
)
