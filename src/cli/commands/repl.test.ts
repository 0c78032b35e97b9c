import { existsSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { FolderBoard, noBoard } from '../testing/board.ts'
import { TestFolder } from '../testing/files.ts'
import { LosingAgent } from '../testing/losing-agent.ts'
import { type Ran, type RunInTest, run } from '../testing/run.ts'
import { completed, type TypedOptions, typed } from '../testing/typed.ts'

const folder = new TestFolder()

/** Types lines at the prompt of `physmem LINE`; both streams together, as a terminal shows them. */
async function at(
  line: string,
  texts: readonly string[],
  options: RunInTest & TypedOptions = {},
): Promise<Ran & { shown: string[] }> {
  let shown = ''
  const add = (text: string) => {
    shown += text
  }
  const { onAsk, onRun, ...more } = options
  const asked = { ...(onAsk && { onAsk }), ...(onRun && { onRun }) }
  const lines = typed(texts, asked)
  const env = { XDG_STATE_HOME: join(folder.path, 'state'), ...more.env }
  const ran = await run(line, { ...more, env, lines, onPrint: add, onComplain: add })
  return { ...ran, shown: shown.split('\n').slice(0, -1) }
}

describe('repl', () => {
  it('runs lines on one board, and goes on after those that fail', async () => {
    const { code, shown } = await at('repl -t sim:', [
      'write 0x10000008=0x1234   # a mark',
      '',
      '# nothing',
      'physmem read 0x10000008',
      'reed 0x10000008',
      'read 0x1000003c',
      "read '0x10000008",
      'read 0x10000008 --base dec -q',
      'exit',
      'read 0x10000000',
    ])
    expect(shown).toEqual([
      'sim> write 0x10000008=0x1234   # a mark',
      'sim> ',
      'sim> # nothing',
      'sim> physmem read 0x10000008',
      '0x10000008  0x00001234',
      'sim> reed 0x10000008',
      'physmem: "reed" is not a command, did you mean read?',
      '  hint: see physmem --help',
      'sim> read 0x1000003c',
      'physmem: 32-bit read at 0x1000003c failed: demo.BROKEN answers every access with a bus error',
      "sim> read '0x10000008",
      `physmem: "read '0x10000008" is not a command: the ' before "0x10000008" has no end`,
      'sim> read 0x10000008 --base dec -q',
      '4660',
      'sim> exit',
    ])
    expect(code).toBe(0)
  })

  it('gives its options to the lines that do not have them', async () => {
    const { out } = await at('repl -t sim: -w 8 -q', ['read 0', 'read 0 -w 16'])
    expect(out).toBe('sim> read 0\n0x70\nsim> read 0 -w 16\n0x6870\nsim> \n')
  })

  it('takes what batches do not: other commands, help, a batch, another target', async () => {
    const file = folder.file('setup.txt', 'write 0x10000008=7\n')
    const other = folder.file(
      'one.yaml',
      'name: one\nregions: { ram: { kind: ram, base: 0, size: 4k, fill: 0xa5 } }\n',
    )
    const { shown } = await at('repl -t sim:', [
      'describe demo.ID -q',
      'map 0x10000000 -q',
      `batch ${file}`,
      'read 0x10000008 -q',
      `read 0 -q -t sim:${other}`,
      'watch 0x10000008 -q --count 1',
    ])
    const below = (line: string) => shown[shown.indexOf(`sim> ${line}`) + 1]
    expect(below(`batch ${file}`)).toBe('sim> read 0x10000008 -q')
    expect(below('read 0x10000008 -q')).toBe('0x00000007')
    expect(below(`read 0 -q -t sim:${other}`)).toBe('0xa5a5a5a5')
    expect(below('watch 0x10000008 -q --count 1')).toBe('0x00000007')
    const { out } = await at('repl -t sim:', ['help read'])
    expect(out).toContain('Usage: physmem read [options] <place...>')
  })

  it('says where a line with a target of its own runs', async () => {
    const note = (on: string, of: string) =>
      `physmem: note: on ${on}, and not on ${of} of this prompt`
    const file = folder.file('own.bin', 'abcd')
    const other = folder.file(
      'two.yaml',
      'name: two\nregions: { ram: { kind: ram, base: 0, size: 4k } }\n',
    )
    const lines = [
      `read file:${file} -t local`,
      `write 0=1 -q -t sim:${other}`,
      `read 0 -q -t sim:${other}`,
      'read 0x10000000 -t sim:',
      `read 0 -q -t sim: -t sim:${other}`,
      'kmod status -t exec:false',
    ]
    const { err } = await at('repl -t sim:', lines)
    expect(err.split('\n')).toEqual([
      note('local', 'sim:'),
      note(`sim:${other}`, 'sim:'),
      'physmem: kmod works on this machine only, but the target is "exec:false": an agent reaches no kernel',
      '  hint: leave out --target',
      '',
    ])
    const several = await at(`repl -t sim: -t sim:${other}`, ['map -t sim: --no-picture'])
    expect(several.err).toBe(`${note('sim:', `sim:, sim:${other}`)}\n`)
  })

  it.each(['exit', 'quit'])('ends by %s', async (word) => {
    const { code, shown } = await at('repl -t sim:', [word, 'read 0'])
    expect([code, shown]).toEqual([0, [`sim> ${word}`]])
  })

  it.each([
    ['repl', 'repl cannot be given at a prompt: this is one'],
    ['run a.mjs', 'run cannot be given at a prompt: a script has a process of its own'],
    [
      'buffer 4k',
      'buffer cannot be given at a prompt: it holds RAM for a program, or until Ctrl-C: run it beside',
    ],
    [
      'bind 0:4.0 none',
      'bind cannot be given at a prompt: it holds the function for a program, or until Ctrl-C: run it beside',
    ],
  ])('does not take %s', async (line, message) => {
    expect((await at('repl -t sim:', [line])).err).toBe(`physmem: ${message}\n`)
  })

  it('keeps standard input for the lines', async () => {
    for (const line of ['batch -', 'load 0x40000000 -']) {
      expect((await at('repl -t sim:', [line])).err).toBe(
        'physmem: standard input can be read once, and the prompt reads it\n  hint: read a file instead\n',
      )
    }
  })

  it('needs a terminal', async () => {
    expect(await run('repl -t sim:')).toEqual({
      ...{ code: 2, out: '' },
      err: 'physmem: repl needs a terminal as standard input and output\n  hint: commands from a pipe: physmem --target sim: batch -\n',
    })
    expect((await run('repl 0x10')).err).toContain(
      'physmem: repl takes no arguments: "0x10" is too much\n',
    )
  })

  it('refuses a machine that is not reached, before a line is typed', async () => {
    expect(await at('repl -t smi:', ['read 0'])).toMatchObject({
      ...{ code: 2, out: '' },
      err: expect.stringContaining('"smi:" is not a target'),
    })
    expect(await at('repl -t exec:false', ['read 0'])).toMatchObject({
      ...{ code: 1, out: '' },
      err: 'physmem: exec:false: false ended with exit code 1\n  cure: let this print ok first: echo echo ok | false sh\n',
    })
    expect(await at('repl -t sim: -t sim:', ['read 0'])).toMatchObject({
      ...{ code: 2, out: '' },
      err: 'physmem: the target "sim:" is given twice: leave out one of them\n',
    })
  })

  it('is for several targets, each line side by side', async () => {
    const other = folder.file(
      'two.yaml',
      'name: two\nregions: { ram: { kind: ram, base: 0, size: 4k } }\n',
    )
    const { shown } = await at(`repl -t sim: -t sim:${other}`, [
      'write 0x0=9',
      'read 0x0 -q',
      'read 0x0 -q -t sim:',
    ])
    const label = `sim:${other}: `
    expect(shown.filter((line) => !line.includes('physmem:'))).toEqual([
      '2 targets> write 0x0=9',
      '2 targets> read 0x0 -q',
      expect.stringMatching(/^sim: +0x/),
      `${label}0x00000009`,
      '2 targets> read 0x0 -q -t sim:',
      expect.stringMatching(/^0x/),
      '2 targets> ',
    ])
  })

  it.each(['', ' -t sim:'])('reads the file that a path is by then: repl%s', async (target) => {
    const file = folder.file('now.bin', 'once')
    const { out } = await at(`repl${target} -q`, [`read file:${file}`, `read file:${file}`], {
      onAsk: () => {
        if (!existsSync(`${file}.read`)) return void folder.file('now.bin.read', '')
        renameSync(folder.file('next.bin', 'then'), file)
      },
    })
    expect(out.match(/^0x.*$/gm)).toEqual(['0x65636e6f', '0x6e656874'])
    rmSync(`${file}.read`)
  })

  it('stops the line that runs at Ctrl-C, and no other', async () => {
    const { code, shown } = await at(
      'repl -t sim:',
      ['wait 0x10000000=0 --timeout 1m', 'read 0x10000000 -q'],
      { onRun: (text, interrupt) => text.startsWith('wait') && setTimeout(interrupt, 20) },
    )
    expect([code, shown]).toEqual([
      0,
      [
        'sim> wait 0x10000000=0 --timeout 1m',
        'physmem: stopped (Ctrl-C)',
        'sim> read 0x10000000 -q',
        '0x50484d31',
        'sim> ',
      ],
    ])
  })

  it('completes commands, registers, places and files', async () => {
    folder.file('a b.bin', 'x')
    const lines = [
      ['wri', ['write ']],
      ['physmem wri', ['physmem write ']],
      ['', expect.arrayContaining(['read', 'map', 'help'])],
      ['read demo.CONT', ['read demo.CONTROL ']],
      ['write demo.CONTROL:MODE=F', ['write demo.CONTROL:MODE=Fast ']],
      [`read file:${folder.path}/a`, [`read file:${folder.path}/a\\ b.bin `]],
      [`read 'file:${folder.path}/a`, [`read 'file:${folder.path}/a b.bin`]],
      ['read -t si', ['read -t sim:']],
      ['nosuch ', []],
    ] as const
    const found: unknown[] = []
    const onAsk: TypedOptions['onAsk'] = async (typing) => {
      for (const [line] of lines) found.push([line, await completed(typing, line)])
    }
    await at('repl -t sim:', [], { onAsk })
    expect(found).toEqual(lines)
  })

  it('knows the machine by its prompt', async () => {
    const prompts: string[] = []
    const onAsk: TypedOptions['onAsk'] = ({ prompt }) => void prompts.push(prompt)
    await at('repl', [], { onAsk })
    const target = `sim:${folder.file('one.yaml')}`
    await at(`repl -t ${target}`, [], { onAsk })
    expect(prompts).toEqual(['physmem> ', `${target.slice(0, 30)}...> `])
  })
})

describe.skipIf(noBoard)(`repl on a board${noBoard ? ` [skipped: ${noBoard}]` : ''}`, () => {
  it('completes what the board has', async () => {
    const board = new FolderBoard()
    const agent = new LosingAgent(board, folder.file('third.sock'))
    try {
      const found: string[][] = []
      const onAsk: TypedOptions['onAsk'] = async (typing) => {
        for (const line of ['read iomem:', 'read iomem:d', 'dum']) {
          found.push(await completed(typing, line))
        }
      }
      await at(`repl -t ${agent.target}`, [], { onAsk })
      expect(found).toEqual([['read iomem:demo '], ['read iomem:demo '], ['dump ']])
    } finally {
      agent.close()
      board.remove()
    }
  })

  it('keeps the connection when a line is stopped', async () => {
    const board = new FolderBoard()
    const agent = new LosingAgent(board, folder.file('other.sock'))
    try {
      agent.answered = 9
      const { err, out } = await at(
        `repl -t ${agent.target} -q`,
        ['write 0x200=0x21', 'wait 0x200=1 --timeout 1m', 'read 0x200'],
        { onRun: (text, interrupt) => text.startsWith('wait') && setTimeout(interrupt, 50) },
      )
      expect(err).toBe('physmem: stopped (Ctrl-C)\n')
      expect(out).toContain('\n0x00000021\n')
    } finally {
      agent.close()
      board.remove()
    }
  })

  it('has one connection, and another where that was lost', async () => {
    const board = new FolderBoard()
    const agent = new LosingAgent(board, folder.file('agent.sock'))
    try {
      agent.answered = 2
      const { target } = agent
      const { shown } = await at(`repl -t ${target}`, [
        'write 0x200=0x21',
        'read 0x200 -q',
        'write 0x200=0x22',
        'read 0x200 -q',
      ])
      const prompt = `${target.slice(0, 30)}...> `
      expect(shown).toEqual([
        `${prompt}write 0x200=0x21`,
        `${prompt}read 0x200 -q`,
        '0x00000021',
        `${prompt}write 0x200=0x22`,
        `physmem: ${target}: the connection is lost: the other side closed it; it is not known whether it was done`,
        '  cure: read it before you write it again',
        `${prompt}read 0x200 -q`,
        `physmem: ${target}: the connection was lost: connecting again`,
        '0x00000022',
        prompt,
      ])
    } finally {
      agent.close()
      board.remove()
    }
  })
})
