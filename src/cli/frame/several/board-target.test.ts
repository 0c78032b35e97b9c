import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { partFor } from '../../start/everyday.ts'
import { TestFolder } from '../../testing/files.ts'
import { printed, run } from '../../testing/run.ts'

const folder = new TestFolder()
folder.file('one.yaml', 'name: one\nregions: { ram: { kind: ram, base: 0, size: 4k } }\n')
const board = folder.file('b.yaml', "target: 'sim:'\n")
const line = 'read 0x10000000 -q'
const ID = printed('0x50484d31')
const told = (text: string) => ({ ...printed('0x10000000  0x50484d31'), err: `target: ${text}\n` })

describe('the target of a board file', () => {
  it('is that of lines that name none, and is told once', async () => {
    expect(await run(`read 0x10000000 --board ${board}`)).toEqual(told(`sim: (${board})`))
    expect(await run(`${line} --board ${board}`)).toEqual(ID)
    expect(await run(line, { env: { PHYSMEM_BOARD: board } })).toEqual(ID)
    expect((await run(`read 0x10000000 --json --board ${board}`)).err).toBe('')
  })

  it('comes behind --target and PHYSMEM_TARGET', async () => {
    const other = folder.file('other.yaml', "target: 'sim:/none.yaml'\n")
    expect(await run(`${line} --board ${other} -t sim:`)).toEqual(ID)
    expect(await run(`${line} --board ${other}`, { env: { PHYSMEM_TARGET: 'sim:' } })).toEqual(ID)
    expect(await run(`${line} --board ${other}`)).toEqual({
      ...{ code: 2, out: '' },
      err: `physmem: ${other}: there is no file /none.yaml: expected the YAML description of a board\n`,
    })
  })

  it('may be a file beside it, or a group', async () => {
    const beside = folder.file('beside.yaml', "target: 'sim:one.yaml'\n")
    expect((await run(`read 0 --board ${beside}`)).err).toBe(
      `target: sim:${join(folder.path, 'one.yaml')} (${beside})\n`,
    )
    const group = folder.file('group.yaml', "target: '@lab'\ntargets: { lab: 'sim:' }\n")
    expect(await run(`read 0x10000000 --board ${group}`)).toEqual(told(`sim: (@lab of ${group})`))
  })

  it('that is none is refused with its line', async () => {
    const wrong = folder.file('wrong.yaml', 'target: nosuch://a\n')
    const { code, err } = await run(`read 0 --board ${wrong}`)
    expect(code).toBe(2)
    expect(err).toContain(`physmem: ${wrong}:1:9: "nosuch://a" is not a target: expected `)
  })

  it('is unknown where a found file is refused', async () => {
    const below = new TestFolder()
    const found = below.file('physmem.yaml', "target: 'sim:'\n")
    const before = process.cwd
    process.cwd = () => below.path
    try {
      expect(await run('read 0x10000000')).toEqual(told(`sim: (${found})`))
      chmodSync(found, 0o666)
      const refused = (none: string) => ({
        ...{ code: 2, out: '' },
        err: `physmem: ${found} is not used: it is writable by everybody\n  hint: say which machine is meant, as --target local, or leave the file out: ${none}\n`,
      })
      expect(await run('read 0')).toEqual(refused('--board none'))
      expect(await run('dump 0..+4')).toEqual(refused('PHYSMEM_BOARD=none'))
      expect(await run(`${line} -t sim:`)).toEqual(ID)
      expect((await run('completion bash')).code).toBe(0)
    } finally {
      process.cwd = before
    }
  })

  it('runs a program only by a file of ones own', async () => {
    const own = folder.file('exec.yaml', "target: 'exec:false'\n")
    expect((await run(`${line} --board ${own}`)).err).toBe(
      `physmem: ${own}: exec:false: false ended with exit code 1\n`,
    )
    chmodSync(own, 0o666)
    expect(await run(`${line} --board ${own}`)).toEqual({
      ...{ code: 2, out: '' },
      err: `physmem: ${own} is not used: it is writable by everybody\n  hint: say which machine is meant, as --target local, or leave the file out: --board none\n`,
    })
  })

  it('is that of a batch, of whose lines none is for another machine unless it says so', async () => {
    const env = { PHYSMEM_BOARD: board }
    const batch = (...lines: string[]) =>
      run(['batch', folder.file('s.txt', `${lines.join('\n')}\n`), '-q'], { env })
    expect(await batch(line, `${line} -t sim:`)).toEqual(printed('0x50484d31', '0x50484d31'))
    for (const [other, what] of [
      ['devmem 0x10000000', 'devmem'],
      ['read 0x10000000 --board none', '--board none'],
    ] as const) {
      expect((await batch(other)).err).toContain(
        `s.txt:1: ${what} ignores the target that ${board} has for this batch\n  hint: say which machine is meant: --target local, or --target sim:\n`,
      )
    }
  })

  it('is for the bundle that knows of targets', () => {
    const part = (words: string, isThere: boolean, env = {}) =>
      partFor(words.split(' '), env, () => isThere)
    expect(part('read 0x10', true)).toBe('whole')
    expect(part('map', true)).toBe('whole')
    expect(part('read 0x10', false)).toBe('everyday')
    expect(part('read 0x10', false, { PHYSMEM_BOARD: 'b.yaml' })).toBe('whole')
    expect(part('read 0x10 --board=b.yaml', false)).toBe('whole')
    expect(part('read 0x10 --board none', true)).toBe('named')
    expect(part('read 0x10 -t local', true)).toBe('everyday')
    expect(part('read 0x10', true, { PHYSMEM_TARGET: 'local' })).toBe('everyday')
    expect(part('devmem 0x10', true)).toBe('everyday')
  })
})
