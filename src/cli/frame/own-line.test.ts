/** A line that is said to help goes to the machine that was given. */
import { describe, expect, it } from 'vitest'
import { TestFolder } from '../testing/files.ts'
import { run } from '../testing/run.ts'
import { defaultSettings } from './globals.ts'
import { ownLine, ownWords } from './own-line.ts'

const folder = new TestFolder()
const script = folder.file('setup.txt', 'read 0x10000000\n')
const unaligned =
  'pl011@0x09000001.FR: 0x09000019 is not a multiple of 4: a 32-bit access needs 0x09000018 or 0x0900001c'
const noTerminal = 'repl needs a terminal as standard input and output'
const noScript = `${script} is not a script: expected a file .mjs, .js, .cjs, .mts, .ts or .cts`
const alone = 'repl cannot be used in a batch: it is for a person at a terminal'

const cases: [line: string, message: string, before: string, words: string][] = [
  [
    'read pl011@0x09000001.FR',
    unaligned,
    'read its parts by address',
    'read 0x09000019..+4 --width 8',
  ],
  ['repl', noTerminal, 'commands from a pipe', 'batch -'],
  [`run ${script}`, noScript, 'for a file of commands', `batch ${script}`],
]

const refused = (message: string, hint: string) => ({
  ...{ code: 2, out: '' },
  err: `physmem: ${message}\n  hint: ${hint}\n`,
})

describe('a line that helps', () => {
  it.each(cases)('keeps the target: %s', async (line, message, before, words) => {
    const hint = `${before}: physmem --target sim: ${words}`
    expect(await run(`-t sim: ${line}`)).toEqual(refused(message, hint))
    expect(await run(`--target=sim: ${line}`)).toEqual(refused(message, hint))
  })

  it.each(cases)(
    'says none that the environment says: %s',
    async (line, message, before, words) => {
      const hint = `${before}: physmem ${words}`
      expect(await run(line, { env: { PHYSMEM_TARGET: 'sim:' } })).toEqual(refused(message, hint))
    },
  )

  it.each([
    ['repl', alone, 'physmem --target sim: repl'],
    ['repl -t sim:', alone, 'physmem repl -t sim:'],
    [
      'lint a',
      'lint cannot be used in a batch: it reads a file, and accesses no memory',
      'physmem lint a',
    ],
  ])('of a batch is for its target: %s', async (line, message, meant) => {
    const file = folder.file('lines.txt', `${line}\n`)
    const { err } = await run(`-t sim: batch ${file}`)
    expect(err).toContain(`${file}:1: ${message}\n  hint: run it by itself: ${meant}\n`)
  })

  it.each([
    ['describe nope', 'nothing here is named "nope"', 'chips shows the names'],
    ['snapshot nope', 'nothing here is named "nope"', 'chips shows the names'],
  ])('is for the target where what is told knows of none: %s', async (line, message, words) => {
    expect(await run(`-t sim: ${line}`)).toEqual(refused(message, `physmem --target sim: ${words}`))
    const { out } = await run(`-t sim: ${line} --json`)
    expect(JSON.parse(out)).toMatchObject({
      error: { message, hint: `physmem --target sim: ${words}` },
    })
  })

  it('is of an act for the target where it is for any', () => {
    const said = { ...defaultSettings({}), target: 'ssh://root@a', targetGiven: true as const }
    const say = ownWords(said)
    expect(say({ act: 'list' })).toBe('physmem --target ssh://root@a list')
    expect(say({ act: 'read', place: 'pci:…' })).toBe('physmem --target ssh://root@a read pci:…')
    expect(say({ act: 'load the module' })).toBe('physmem kmod load')
    expect(say({ shell: 'modprobe msr' })).toBe('modprobe msr')
    expect(ownWords(defaultSettings({}))({ act: 'list' })).toBe('physmem list')
  })

  it('keeps what else leads there, and all targets, in words of a shell', () => {
    const said = { ...defaultSettings({}), target: 'ssh://root@a', targetGiven: true as const }
    expect(ownLine({ ...said, sudo: true }, ['read', 'a b'])).toBe(
      "physmem --target ssh://root@a --sudo read 'a b'",
    )
    expect(ownLine({ ...said, targets: ['ssh://root@a', 'sim:'] }, ['read', '0'])).toBe(
      'physmem --target ssh://root@a --target sim: read 0',
    )
    expect(ownLine({ ...said, target: 'local' }, ['map'])).toBe('physmem --target local map')
    expect(ownLine(defaultSettings({}), ['map'])).toBe('physmem map')
  })
})
