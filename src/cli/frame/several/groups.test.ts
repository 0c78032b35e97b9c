import { chmodSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { partFor } from '../../start/everyday.ts'
import { TestFolder } from '../../testing/files.ts'
import { printed, run } from '../../testing/run.ts'

const folder = new TestFolder()
const one = folder.file(
  'one.yaml',
  'name: one\nregions: { ram: { kind: ram, base: 0, size: 4k } }\n',
)
const board = folder.file(
  'physmem.yaml',
  `targets: { lab: ['sim:', 'sim:${one}'], bench: 'sim:', run: 'exec:false', odd: 'nosuch://a' }\n`,
)
const refused = (message: string, cure?: string) => ({
  code: 2,
  out: '',
  err: `physmem: ${message}\n${cure === undefined ? '' : `  hint: ${cure}\n`}`,
})

describe('a group of targets', () => {
  it('is all of them', async () => {
    const { code, out, err } = await run(`write 0x9000000=0 -t @lab --dry-run --board ${board}`)
    expect(code).toBe(1)
    expect(out).toMatch(/^sim: +would /)
    expect(err).toMatch(/^sim:\/.*one.yaml: physmem: .*0x09000000/)
  })

  it('may be one, which is as if it was named, and may stand beside others', async () => {
    const line = 'read 0x10000000 -q'
    expect(await run(`${line} -t @bench --board ${board}`)).toEqual(printed('0x50484d31'))
    const env = { PHYSMEM_BOARD: board, PHYSMEM_TARGET: '@bench' }
    expect(await run(line, { env })).toEqual(printed('0x50484d31'))
    expect(await run(`${line} -t @bench -t sim: --board ${board}`)).toEqual(
      refused('the target "sim:" is given twice: leave out one of them'),
    )
  })

  it('is told with --verbose', async () => {
    expect((await run(`read 0x10000000 -v -t @bench --board ${board}`)).err).toContain(
      `physmem: @bench: sim: (${board})\n`,
    )
  })

  it('that is none is refused', async () => {
    expect(await run(`read 0 -t @labs --board ${board}`)).toEqual(
      refused(`${board} has no group "@labs", did you mean @lab?`),
    )
    expect(await run(`read 0 -t @x --board none`)).toEqual(
      refused(
        '"@x" is a group of a board file, but there is none',
        'write the groups under "targets" of physmem.yaml, or name a file with --board',
      ),
    )
    const { err } = await run(`read 0 -t @odd --board ${board}`)
    expect(err).toContain('physmem: "nosuch://a" is not a target: expected ')
    const script = folder.file('s.txt', `read 0 -t @lab --board ${board}\n`)
    expect((await run(['batch', script])).err).toContain(
      `${script}:1: a line of a batch is for one target, but "@lab" is a group\n  hint: give them to batch itself\n`,
    )
  })

  it('runs a program only by a file of ones own', async () => {
    expect(await run(`read 0 -t @run --board ${board}`)).toEqual({
      ...{ code: 1, out: '' },
      err: 'physmem: exec:false: false ended with exit code 1\n  cure: let this print ok first: echo echo ok | false sh\n',
    })
    const others = folder.file('others.yaml', "targets: { run: 'exec:false', bench: 'sim:' }\n")
    chmodSync(others, 0o666)
    expect(await run(`read 0 -t @run --board ${others}`)).toEqual({
      ...{ code: 1, out: '' },
      err: `physmem: ${others} is not used: it is writable by everybody\n  cure: give exec:false with --target\n`,
    })
    expect(await run(`read 0x10000000 -q -t @bench --board ${others}`)).toEqual(
      printed('0x50484d31'),
    )
    const env = { PHYSMEM_BOARD: board, PHYSMEM_TARGET: '@run' }
    expect(await run('read 0', { env })).toEqual(
      refused(
        'PHYSMEM_TARGET: a variable may name no target of exec: or sudo:, and no group with one',
        'give it with --target',
      ),
    )
  })

  it('is nothing to a command that has no target', async () => {
    const env = { PHYSMEM_BOARD: board, PHYSMEM_TARGET: '@none' }
    expect((await run('completion bash', { env })).code).toBe(0)
    expect((await run(['__complete', '1', 'rea'], { env })).code).toBe(0)
  })

  it('is offered to the shell', async () => {
    const offered = async (...words: string[]) => {
      const { out } = await run(['__complete', '--', ...words], { env: { PHYSMEM_BOARD: board } })
      return out.trimEnd().split('\n')
    }
    expect(await offered('--target', '@')).toEqual(['@lab', '@bench', '@run', '@odd'])
    expect(await offered('read', '-t', 'sim:', '--target=@b')).toEqual(['--target=@bench'])
    const missing = { PHYSMEM_BOARD: '/none.yaml' }
    expect(await run(['__complete', '--', '-t', '@'], { env: missing })).toEqual(printed())
  })

  it('is for the file that knows of targets', () => {
    for (const words of [
      ['-t', '@lab'],
      ['-t@lab'],
      ['--target=@lab'],
      ['-t', 'local', '-tlocal'],
    ]) {
      expect(partFor(['read', '0x10', ...words])).toBe('whole')
    }
    expect(partFor(['read', 'pl011@0x10.FR'])).toBe('named')
  })
})
