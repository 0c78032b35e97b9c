import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { placeExamples } from '../../place/schemes/index.ts'
import { registry } from '../registry.ts'
import { TestFolder } from '../testing/files.ts'
import { run } from '../testing/run.ts'
import type { Command } from './command.ts'
import { globalOptions } from './globals.ts'
import { overview } from './help.ts'
import { longFlag, type OptionSpecs } from './option-spec.ts'
import { version } from './version.ts'
import { wrap } from './wrap.ts'

const visible = registry.filter(({ hidden }) => !hidden)
const _folder = new TestFolder()

describe('help', () => {
  it.each(visible.map(({ name, load }) => [name, load] as const))(
    '%s has examples and all options',
    async (name, load) => {
      const { refuses = [], needs } = (await load()).default as Command
      const { code, out, err } = await run(`${name} --help`)
      expect({ code, err }).toEqual({ code: 0, err: '' })
      expect(out).toContain(`Usage: physmem ${name} `)
      expect(out).toContain('Examples:\n  physmem ')
      for (const [option, spec] of Object.entries(globalOptions)) {
        const names: readonly string[] = refuses
        const isWayThere = ['target', 'sudo', 'keepConnection'].includes(option)
        const isHere = names.includes('target') || needs !== undefined
        const isRefused = names.includes(option) || (isWayThere && isHere)
        expect(out.includes(` ${longFlag(spec)}`)).toBe(!isRefused)
      }
      expect(out).not.toContain('--version')
      expect(await run(`help ${name}`)).toEqual({ code, out, err })
    },
  )

  const widths = [50, 60, 80, 120]
  /** What explains an example is a comment to a shell. */
  const asPasted = (line: string) => {
    const text = line.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    return new RegExp(`\n  physmem ${text}(?: +# .*|\n      # .*)`)
  }

  it.each(
    visible.flatMap(({ name, load }) => widths.map((columns) => [name, columns, load] as const)),
  )('%s breaks nothing in the middle at %i columns', async (name, columns, load) => {
    const { options, examples, notes = [] } = (await load()).default as Command<OptionSpecs>
    const { out } = await run(`${name} --help`, { terminal: true, columns })
    const whole = examples.map(([line]) => `  physmem ${line}`)
    const long = out.split('\n').filter((line) => line.length > columns)
    expect(long.filter((line) => !whole.includes(line))).toEqual([])
    for (const [line] of examples) expect(out).toMatch(asPasted(line))
    for (const { flags } of Object.values(options)) {
      expect(out.replaceAll('\n', ' \n')).toContain(`  ${flags} `)
    }
    for (const [option] of notes.join(' ').matchAll(/ (?:--?[a-z-]+ \S+|"\S+ \S+"\S*)/g)) {
      expect(out.replaceAll('\n', ' \n')).toContain(option.trim())
    }
  })

  it.each(widths)('breaks no place, no option and no example at %i columns', async (columns) => {
    const { out } = await run('--help', { terminal: true, columns })
    expect(out.split('\n').filter((line) => line.length > columns)).toEqual([])
    for (const { example } of placeExamples) expect(out).toContain(example)
    for (const line of overview.examples) expect(out).toContain(`\n  ${line}\n`)
  })

  it('has long terms on lines of their own where the terminal is narrow', async () => {
    const { out } = await run('read --help', { terminal: true, columns: 44 })
    expect(out).toContain(
      [
        '  -n, --count <number>',
        '                  elements to read from each',
        '                  place, at ascending',
        '                  addresses',
        '  --fixed         read all elements at the',
        '                  first address, as for a',
        '                  FIFO',
        '',
      ].join('\n'),
    )
  })

  it('keeps a name with a blank, and an option with its value, in one line', () => {
    expect(wrap('at iomem:"HPET 0"+0xf0 or so', 20)).toBe('at\niomem:"HPET 0"+0xf0\nor so')
    expect(wrap('such as --timeout 50ms, or - alone', 20)).toBe(
      'such as\n--timeout 50ms, or\n- alone',
    )
  })

  it('says what an option means to the command', async () => {
    const { out } = await run('kmod --help', { columns: 120 })
    expect(out).toContain('-v, --verbose          with build: show what make prints\n')
    expect(out).not.toContain('which way was taken')
    expect((await run('load --help')).out).toContain('print nothing when all went well\n')
    expect((await run('read --help')).out).toContain('print values only\n')
  })

  it.each(visible.map(({ name, load }) => [name, load] as const))(
    'the keys of the options of %s are their names',
    async (_name, load) => {
      const { options } = (await load()).default as Command<OptionSpecs>
      for (const [key, { flags }] of Object.entries(options)) {
        const long = /--(?:no-)?([\w-]+)/.exec(flags)?.[1] ?? ''
        expect(long.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())).toBe(key)
      }
    },
  )

  it('lists the commands', async () => {
    const { code, out } = await run('--help')
    expect(code).toBe(0)
    for (const { name, summary } of visible) expect(out).toContain(`${name}`.padEnd(12) && summary)
    expect(out).not.toContain('__complete')
    expect(await run('help')).toEqual({ code, out, err: '' })
    expect(await run('-t sim: help')).toEqual({ code, out, err: '' })
  })

  it.each(['help read', '-t sim: help read', 'help -t sim: read', '--help read', '-h -q read'])(
    'of a command is what its name is asked with: %s',
    async (line) => {
      expect(await run(line)).toEqual(await run('read --help'))
    },
  )

  it('names every kind of place', async () => {
    const { out } = await run('--help')
    for (const { example } of placeExamples) expect(out).toContain(example)
    for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(86)
  })

  it.each(['reed --help', 'help reed', '-t sim: reed -h', 'reed --help --width 8'])(
    'of a command that does not exist is none: %s',
    async (line) => {
      expect(await run(line)).toEqual({
        code: 2,
        out: '',
        err: 'physmem: "reed" is not a command, did you mean read?\n  hint: see physmem --help\n',
      })
    },
  )

  it('knows the version of the package', async () => {
    const text = readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')
    expect(JSON.parse(text).version).toBe(version)
    expect(await run('--version')).toEqual({ code: 0, out: `${version}\n`, err: '' })
  })
})
