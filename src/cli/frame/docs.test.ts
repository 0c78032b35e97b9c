/**
 * Every `console` block of the README and of the documents shows what physmem really prints: on
 * this machine, or in a block `console NAME` on the recorded machine of that name.
 */
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { FakeRoot, type RecordedMachine, recordedMachines } from '../../linux/testing/fake-root.ts'
import { splitWords } from '../../text/shell-words.ts'
import { registry } from '../registry.ts'
import { TestFolder } from '../testing/files.ts'
import { type Ran, type RunInTest, run } from '../testing/run.ts'
import { typed } from '../testing/typed.ts'
import { defaultSettings, globalOptions } from './globals.ts'
import { whyRefused } from './hints/line.ts'

const folder = new TestFolder()
const docs = fileURLToPath(new URL('../../../docs/', import.meta.url))
const main = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url))

interface Shown {
  line: string
  output: string
  /** The recorded machine that it is shown on, where it is not this one. */
  machine: RecordedMachine | undefined
}

function commandsOf(file: string): Shown[] {
  const blocks = readFileSync(docs + file, 'utf8').matchAll(/^```console(?: (\S+))?\n(.*?)^```$/gms)
  return [...blocks].flatMap(([, name, block = '']) =>
    block
      .split(/^\$ /m)
      .slice(1)
      .map((text) => {
        const end = text.indexOf('\n')
        const machine = recordedMachines.find((one) => one === name)
        expect(machine).toBe(name)
        return { line: text.slice(0, end), output: text.slice(end + 1), machine }
      }),
  )
}

/** Without what is different every time. */
function steady(text: string): string {
  return text
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')
    .replace(/after [\d.]+ (us|ms|s)\b/g, 'after TIME')
}

/** With the end of the line that a terminal gets where the last one has none. */
const ended = (text: string) => (text === '' || text.endsWith('\n') ? text : `${text}\n`)

function words(line: string): string[] {
  const found = line.replace(/^physmem /, '').match(/'[^']*'|\S+/g) ?? []
  return found.map((word) => word.replace(/^'(.*)'$/, '$1'))
}

/** What is typed behind the prompts of a block; nothing where there are none. */
function typedIn(output: string): Pick<RunInTest, 'lines' | 'env'> {
  const lines = [...output.matchAll(/^\S+> (.*)$/gm)].map(([, line = '']) => line)
  const env = { XDG_STATE_HOME: folder.path }
  return lines.length > 0 ? { lines: typed(lines), env } : {}
}

/** A script is run by Node's own loader. */
const isScript = (line: string) => / run \S+\.m?[jt]s\b/.test(line)

function runBuilt(argv: readonly string[]): Ran {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...argv], {
    encoding: 'utf8',
  })
  return { code: status as Ran['code'], out: stdout, err: stderr }
}

const pages = readdirSync(docs).filter((name) => name.endsWith('.md'))
const experiments = readdirSync(`${docs}experiments`).map((name) => `experiments/${name}`)
const files = ['../README.md', ...pages].filter((file) => commandsOf(file).length > 0)

describe.each(files)('docs/%s', (file) => {
  it('shows what is printed', async () => {
    process.chdir(folder.path)
    let last: Ran | undefined
    for (const { line, output, machine } of commandsOf(file)) {
      if (line === 'echo $?') {
        expect(`${last?.code}\n`).toBe(output)
        continue
      }
      // A file that is shown is one that the next commands have.
      const [, shown] = /^cat (\S+)$/.exec(line) ?? []
      if (shown !== undefined) {
        folder.file(shown, output)
        continue
      }
      let both = ''
      const onPrint = (text: string) => {
        both += text
      }
      const streams = { onPrint, onComplain: onPrint }
      using root = machine && FakeRoot.recorded(machine)
      const more = { ...streams, ...typedIn(output), ...(root && { root: root.path }) }
      last = isScript(line) ? runBuilt(words(line)) : await run(words(line), more)
      // Where both streams have something, the blocks show results before complaints, notes before results.
      const { out, err } = last
      const printed = [out + err, err + out, both].map((text) => ended(steady(text)))
      expect(printed, line).toContain(steady(output))
    }
  })
})

describe.each(files)('docs/%s, with LC_ALL=C', (file) => {
  it('prints ASCII only', async () => {
    process.chdir(folder.path)
    for (const { line, output, machine } of commandsOf(file)) {
      if (line === 'echo $?') continue
      const [, shown] = /^cat (\S+)$/.exec(line) ?? []
      if (shown !== undefined) {
        folder.file(shown, output)
        continue
      }
      if (isScript(line)) continue
      using root = machine && FakeRoot.recorded(machine)
      const { out, err } = await run(words(line), {
        ...typedIn(output),
        unicode: false,
        ...(root && { root: root.path }),
      })
      expect(out + err, line).toMatch(/^[\t\n -~]*$/)
    }
  })
})

/** Lines of shell: not run, since they need a machine, but taken by the command as they stand. */
function shellLines(file: string): string[] {
  const blocks = readFileSync(docs + file, 'utf8').matchAll(/^```(?:sh|bash)\n(.*?)^```$/gms)
  const lines = [...blocks].flatMap(([, block = '']) => block.split('\n'))
  const commands = lines.flatMap((line) => line.split(/ && | \|\|? |; | #/))
  // What a shell makes of a variable is a number or a name.
  const found = commands.flatMap((line) => /^\s*(?:sudo )?physmem (.*)/.exec(line)?.slice(1) ?? [])
  // A program of several lines in quotes is the shell's own.
  return found.filter((line) => (line.match(/'/g)?.length ?? 0) % 2 === 0)
}

const withShell = [...new Set(['../README.md', ...pages, ...experiments])].filter(
  (file) => shellLines(file).length > 0,
)

describe.each(withShell)('docs/%s', (file) => {
  it.each(shellLines(file))('has a line that is taken: physmem %s', async (line) => {
    const plain = line
      .replace(/ [0-9]?>>? ?\S+/, '')
      .replace(/"?\$(?:\{\w+\}|\w+|\([^)]*\))"?/g, '0x1000')
    expect(
      await whyRefused(splitWords(plain), { commands: registry, defaults: defaultSettings({}) }),
      plain,
    ).toBeUndefined()
  })
})

describe('docs/commands.md', () => {
  const text = readFileSync(`${docs}commands.md`, 'utf8')
  const visible = registry.filter(({ hidden }) => !hidden)

  it.each(visible.map((entry) => [entry.name, entry] as const))(
    'tells of %s',
    async (name, entry) => {
      const section = new RegExp(`^## ${name}\n(.*?)(?=^## )`, 'ms').exec(text)?.[1] ?? ''
      expect(section).toMatch(new RegExp(`\`physmem ${name}[ \`]`))
      const { options } = (await entry.load()).default
      for (const { flags } of Object.values(options)) {
        expect(section).toContain(/--[\w-]+/.exec(flags)?.[0])
      }
    },
  )

  it('has every command in the table, and no cell that stands in the column of another', () => {
    const rows = [...text.matchAll(/^\| \[`(\w+)`\]\(#\1\) +\| (.*?) +\|$/gm)]
    // In the words of --help and of the manual page.
    expect(rows.map(([, name, does]) => `${name}: ${does}`).toSorted()).toEqual(
      visible.map(({ name, summary }) => `${name}: ${summary}`).toSorted(),
    )
    const tables = text.split(/\n(?!\|)/).map((block) => block.match(/^\|.*/gm) ?? [])
    for (const rows of tables) {
      const columns = rows.map((row) => row.replace(/\\\||`[^`]*`/g, '').match(/\|/g)?.length)
      expect(new Set(columns).size, rows[0]).toBeLessThan(2)
    }
  })

  it('tells of the options of every command', () => {
    for (const { flags } of Object.values(globalOptions)) {
      expect(text).toContain(flags.replace(/ <.*/, ''))
    }
  })
})
