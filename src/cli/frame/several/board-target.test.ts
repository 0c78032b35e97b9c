import { chmodSync, chownSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { TestFolder } from '../../testing/files.ts'
import { printed, run } from '../../testing/run.ts'

const folder = new TestFolder()
folder.file('one.yaml', 'name: one\nregions: { ram: { kind: ram, base: 0, size: 4k } }\n')
const board = folder.file('b.yaml', "target: 'sim:'\n")
const line = 'read 0x10000000 -q'
const ID = printed('0x50484d31')
const note = (text: string) => `physmem: note: on ${text}\n`
const told = (text: string) => ({ ...printed('0x10000000  0x50484d31'), err: note(text) })
const wrong = (err: string, code = 2) => ({ code, out: '', err: `physmem: ${err}\n` })
const askFor = (none: string) =>
  `\n  hint: say which machine is meant, as --target local, or leave the file out: ${none}`

/** Runs in a folder in which the board file is found. */
async function inside<T>(path: string, act: () => Promise<T>): Promise<T> {
  const before = process.cwd
  process.cwd = () => path
  try {
    return await act()
  } finally {
    process.cwd = before
  }
}

describe('the target of a board file', () => {
  it('is that of lines that name none, and is told', async () => {
    expect(await run(`read 0x10000000 --board ${board}`)).toEqual(
      told(`sim:, the target of ${board}`),
    )
    expect(await run(`${line} --board ${board}`)).toEqual(ID)
    expect(await run(line, { env: { PHYSMEM_BOARD: board } })).toEqual(ID)
    const { out, err } = await run(`read 0x10000000 --json --board ${board}`)
    expect(err).toBe(note(`sim:, the target of ${board}`))
    expect(JSON.parse(out)).toMatchObject({ command: 'read', target: 'sim:' })
  })

  it('is told with --quiet, too, where something may be stored', async () => {
    const env = { PHYSMEM_BOARD: board }
    const err = note(`sim:, the target of ${board}`)
    for (const words of [
      'write 0x40000000=1',
      'fill 0x40000000..+4 1',
      'write 0x40000000=1 --dry-run',
    ]) {
      expect(await run(`${words} -q`, { env }), words).toMatchObject({ code: 0, err })
    }
    expect((await run(`write 0x40000000=1 -q -t sim:`, { env })).err).toBe('')
  })

  it('is told anew when the file names another machine than before', async () => {
    const below = new TestFolder()
    const write = (target: string) => {
      const found = below.file('physmem.yaml', `target: 'sim:${target}'\n`)
      return { found, ran: inside(below.path, () => run('write 0=1 -q')) }
    }
    for (const name of ['a.yaml', 'b.yaml']) {
      const file = below.file(name, 'name: x\nregions: { ram: { kind: ram, base: 0, size: 4k } }\n')
      const { found, ran } = write(name)
      expect(await ran).toEqual({ ...printed(), err: note(`sim:${file}, the target of ${found}`) })
    }
  })

  it('comes behind --target and PHYSMEM_TARGET', async () => {
    const other = folder.file('other.yaml', "target: 'sim:/none.yaml'\n")
    expect(await run(`${line} --board ${other} -t sim:`)).toEqual(ID)
    expect(await run(`${line} --board ${other}`, { env: { PHYSMEM_TARGET: 'sim:' } })).toEqual(ID)
    expect(await run(`${line} --board ${other}`)).toEqual(
      wrong(`${other}: there is no file /none.yaml: expected the YAML description of a board`),
    )
  })

  it('is none with --board none, and for this machine with --target local', async () => {
    const file = folder.file('memory.bin', new Uint8Array(8))
    const env = { PHYSMEM_BOARD: folder.file('far.yaml', "target: 'exec:false'\n") }
    for (const more of ['--board none', '--target local', '-t local']) {
      expect(await run(`read file:${file} -q ${more}`, { env }), more).toEqual(
        printed('0x00000000'),
      )
    }
    const named = folder.file('here.yaml', 'target: local\n')
    expect(await run(`read file:${file} --board ${named}`)).toMatchObject({ code: 0, err: '' })
  })

  it('may be a file beside it, or a group', async () => {
    const beside = folder.file('beside.yaml', "target: 'sim:one.yaml'\n")
    expect((await run(`read 0 --board ${beside}`)).err).toBe(
      note(`sim:${join(folder.path, 'one.yaml')}, the target of ${beside}`),
    )
    const group = folder.file('group.yaml', "target: '@lab'\ntargets: { lab: 'sim:' }\n")
    expect(await run(`read 0x10000000 --board ${group}`)).toEqual(
      told(`sim:, the target @lab of ${group}`),
    )
    const two = folder.file(
      'two.yaml',
      "target: '@two'\ntargets: { two: ['sim:', 'sim:one.yaml'] }\n",
    )
    const one = `sim:${join(folder.path, 'one.yaml')}`
    const { code, out, err } = await run(`read 0 --board ${two}`)
    expect({ code, err }).toEqual({ code: 0, err: note(`sim:, ${one}, the target @two of ${two}`) })
    expect(out).toContain(`${one}: 0x00000000  0x00000000\n`)
    expect((await run('devmem 0', { env: { PHYSMEM_BOARD: two } })).err).toBe(
      `physmem: devmem takes its target from no file, and ${two} is for "@two"\n  hint: say which machine is meant: --target local, or one of @two\n`,
    )
  })

  it('is that of map, list and doctor', async () => {
    const env = { PHYSMEM_BOARD: board }
    expect((await run('map -q', { env })).out).toContain('demo')
    expect((await run('list demo', { env })).out).toContain('demo.ID')
    const { out } = await run('doctor --json', { env })
    expect(JSON.parse(out)).toMatchObject({ target: 'sim:' })
  })

  it('that is none is refused with its line', async () => {
    const none = folder.file('wrong.yaml', 'target: nosuch://a\n')
    const { code, err } = await run(`read 0 --board ${none}`)
    expect(code).toBe(2)
    expect(err).toContain(`physmem: ${none}:1:9: "nosuch://a" is not a target: expected `)
    const odd = folder.file('odd.yaml', "target: 'exec:./a $b'\n")
    expect((await run(`read 0 --board ${odd}`)).err).toContain(`physmem: ${odd}:1:9: `)
    expect(await run(`read demo.ID --board ${odd} -t sim:`)).toEqual(
      wrong(
        `${odd} is for the target "exec:./a $b", but this is "sim:"; this version reaches no such target\n  hint: give another board file, or --board none`,
      ),
    )
  })

  it('is unknown where a found file is refused', async () => {
    const below = new TestFolder()
    const found = below.file('physmem.yaml', "target: 'sim:'\n")
    await inside(below.path, async () => {
      expect(await run('read 0x10000000')).toEqual(told(`sim:, the target of ${found}`))
      chmodSync(found, 0o666)
      const refused = `${found} is not used: it is writable by everybody`
      expect(await run('read 0')).toEqual(wrong(refused + askFor('--board none')))
      expect(await run('dump 0..+4')).toEqual(wrong(refused + askFor('PHYSMEM_BOARD=none')))
      expect(await run(`${line} -t sim:`)).toEqual(ID)
      expect((await run('completion bash')).code).toBe(0)
    })
  })

  it('is not looked for in a file in which the word does not stand', async () => {
    const below = new TestFolder()
    const file = below.file('memory.bin', new Uint8Array(8))
    const found = below.file('physmem.yaml', 'chip: [\n')
    chmodSync(found, 0o666)
    await inside(below.path, async () => {
      expect(await run(`read file:${file} -q`)).toEqual(printed('0x00000000'))
      // It could be spelled by an escape.
      writeFileSync(found, '"t\\x61rget": "sim:"\n')
      chmodSync(found, 0o600)
      expect(await run(line)).toEqual(ID)
    })
  })

  it('runs a program only by a file of ones own', async () => {
    const own = folder.file('exec.yaml', "target: 'exec:false'\n")
    expect(await run(`${line} --board ${own}`)).toEqual(
      wrong(
        `${own}: exec:false: false ended with exit code 1\n  cure: let this print ok first: echo echo ok | false sh`,
        1,
      ),
    )
    chmodSync(own, 0o666)
    expect(await run(`${line} --board ${own}`)).toEqual(
      wrong(`${own} is not used: it is writable by everybody${askFor('--board none')}`),
    )
  })

  it.skipIf(process.getuid?.() !== 0)(
    'of a user who became root by sudo is any that runs no program',
    async () => {
      const below = new TestFolder()
      const found = below.file('physmem.yaml', "target: 'sim:'\n")
      const env = { SUDO_UID: '1000' }
      const own = () => {
        for (const path of [found, below.path]) chownSync(path, 1000, 1000)
      }
      own()
      await inside(below.path, async () => {
        expect(await run('read 0x10000000', { env })).toEqual(told(`sim:, the target of ${found}`))
        const foreign = `${found} is not used: it belongs to user 1000, but this is user 0`
        expect(await run(line)).toEqual(wrong(foreign + askFor('--board none')))
        const targets = ['exec:false', 'exec:./x', 'sudo:', 'ssh://nowhere.invalid']
        for (const target of targets) {
          const [scheme] = /^\w+:/.exec(target) ?? []
          for (const text of [
            `target: '${target}'\n`,
            `target: '@a'\ntargets: { a: '${target}' }\n`,
          ]) {
            writeFileSync(found, text)
            own()
            expect(await run(line, { env }), text).toEqual(
              wrong(`${foreign}, and ${scheme} runs a program${askFor('--board none')}`),
            )
          }
          // A file that is named, too, runs nothing that root does not say.
          if (scheme === 'ssh:') continue
          const named = await run(`${line} --board ${found}`, { env })
          expect(named).toMatchObject({
            code: 2,
            err: expect.stringContaining('is not used: it belongs'),
          })
        }
      })
    },
  )

  it('runs a program beside it, which is tested as it was', async () => {
    const own = folder.file('login.yaml', "target: 'exec:./login.sh a b'\n")
    const program = folder.file('login.sh', '#!/bin/sh\nexit 3\n')
    chmodSync(program, 0o755)
    expect(await run(`${line} --board ${own}`)).toEqual(
      wrong(
        `${own}: exec:${program} a b: ${program} ended with exit code 3\n  cure: let this print ok first: echo echo ok | ${program} a b sh`,
        1,
      ),
    )
    chmodSync(program, 0o777)
    expect(await run(`${line} --board ${own}`)).toEqual(
      wrong(
        `${program}, which ${own} names, is not used: it is writable by everybody${askFor('--board none')}`,
      ),
    )
  })

  it('is a simulated board of a file that is tested as it was, where it was found', async () => {
    const below = new TestFolder()
    const sim = below.file(
      's.yaml',
      'name: x\nregions: { ram: { kind: ram, base: 0, size: 4k } }\n',
    )
    chmodSync(sim, 0o666)
    for (const text of ["target: 'sim:s.yaml'\n", "target: '@a'\ntargets: { a: 'sim:s.yaml' }\n"]) {
      const found = below.file('physmem.yaml', text)
      await inside(below.path, async () => {
        expect(await run('read 0')).toEqual(
          wrong(
            `${sim}, which ${found} names, is not used: it is writable by everybody${askFor('--board none')}`,
          ),
        )
        expect((await run(`read 0 -q --board ${found}`)).out).toBe('0x00000000\n')
      })
    }
  })

  it('is not that of devmem, nor of what is for this machine only', async () => {
    const env = { PHYSMEM_BOARD: board }
    const hint = '\n  hint: say which machine is meant: --target local, or --target sim:'
    expect(await run('devmem 0x10000000', { env })).toEqual(
      wrong(`devmem takes its target from no file, and ${board} is for "sim:"${hint}`, 1),
    )
    expect(await run('devmem 0x10000000 -t sim:', { env })).toEqual(printed('0x50484D31'))
    for (const [words, what, why] of [
      ['kmod status', 'kmod', 'a simulated board has no kernel'],
      ['buffer alloc 4k', 'buffer', 'it allocates RAM of this machine'],
    ]) {
      // No note says that it is on the other machine.
      expect(await run(`${words}`, { env })).toEqual(
        wrong(
          `${board}: ${what} works on this machine only, but the target is "sim:": ${why}\n  hint: give --target local`,
        ),
      )
    }
  })

  it('is that of a batch, of whose lines none is for another machine unless it says so', async () => {
    const env = { PHYSMEM_BOARD: board }
    const batch = (...lines: string[]) =>
      run(['batch', folder.file('s.txt', `${lines.join('\n')}\n`), '-q'], { env })
    expect(await batch(line, `${line} -t sim:`)).toEqual({
      ...printed('0x50484d31', '0x50484d31'),
      err: note(`sim:, the target of ${board}`),
    })
    for (const [other, what] of [
      ['devmem 0x10000000', 'devmem'],
      ['read 0x10000000 --board none', '--board none'],
    ] as const) {
      expect((await batch(other)).err).toContain(
        `s.txt:1: ${what} ignores the target that ${board} has for this batch\n  hint: say which machine is meant: --target local, or --target sim:\n`,
      )
    }
    const other = folder.file('another.yaml', "target: 'sim:one.yaml'\n")
    const { code, err } = await batch(`${line} --board ${other}`)
    expect(code).toBe(2)
    expect(err).toContain(`${other} is for the target "sim:one.yaml", but this is "sim:"`)
  })

  it('stands in the documents of a batch, and not where a line has its own', async () => {
    const file = folder.file('j.txt', `read 0x10000000\nread file:${board} -t local\n`)
    const { out } = await run(['batch', file, '--json'], { env: { PHYSMEM_BOARD: board } })
    const documents = out
      .trimEnd()
      .split('\n')
      .map((text) => JSON.parse(text))
    expect(documents.map(({ target }) => target)).toEqual(['sim:', undefined])
  })
})
