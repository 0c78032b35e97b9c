/**
 * How physmem is called stands in one room (src/wording): all below the report says as data what is
 * to be done, so that it can be said of another machine, too.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { registry } from './cli/registry.ts'

const src = fileURLToPath(new URL('.', import.meta.url))

/** Where command lines are worded, or given. */
const ABOVE = /^(wording|report|cli)\/|\.test\.ts$|(^|\/)testing\//

/** Texts that name a command, and tell nobody to give it. */
const NAMES: Readonly<Record<string, string>> = {
  'describe/codegen/generate.ts': 'what made the module, in its first line',
  'device/snapshot/parse.ts': 'what makes such files',
  'device/snapshot/format.ts': 'the name of the format',
  'doctor/report.ts': 'the heading of its report',
}

const COMMAND = new RegExp(`\\bphysmem (--|(${registry.map(({ name }) => name).join('|')})\\b)`)
/** The same at the end of the text in front of a value: `physmem read ${place}`. */
const LINE = new RegExp(`${COMMAND.source}|\\bphysmem $`)
const OPTION = /(?<![\w-])--[a-z]/
const SHELL =
  /\b(echo \S+ > ?\/|modprobe \w|mount -t|mknod -|mkdir -|(apt|dnf|zypper) install|pacman -S|apk add|openssl |mokutil -|usermod -|umount |swapoff |ip link |ulimit -|fuser |dmesg\b)/

/** Texts of a program that match, except in what these functions are called with. */
function textsIn(program: string, word: RegExp, but: readonly string[] = []): string[] {
  const found: string[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && but.includes(node.expression.getText())) return
    if (ts.isImportDeclaration(node)) return
    const isText =
      ts.isStringLiteralLike(node) ||
      ts.isTemplateHead(node) ||
      ts.isTemplateMiddleOrTemplateTail(node)
    if (isText && word.test(node.text)) found.push(node.text)
    ts.forEachChild(node, visit)
  }
  visit(ts.createSourceFile('a.ts', program, ts.ScriptTarget.Latest, true))
  return found
}

const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter(
  (name) => name.endsWith('.ts') && !ABOVE.test(name),
)

function textsOf(word: RegExp, but: readonly string[] = []): Record<string, string[]> {
  const found = files.map((file) => [file, textsIn(readFileSync(src + file, 'utf8'), word, but)])
  return Object.fromEntries(found.filter(([, texts]) => texts?.length))
}

describe('below the report', () => {
  it('no text is a command line of physmem', () => {
    expect(Object.keys(textsOf(COMMAND)).sort()).toEqual(Object.keys(NAMES).sort())
  })

  it('no text has one of its options', () => {
    expect(textsOf(OPTION, ['shell', 'spawnSync'])).toEqual({})
  })

  it('command lines for the shell are told apart from the words of a cure', () => {
    expect(textsOf(SHELL, ['shell'])).toEqual({})
  })
})

/** Texts of the command that name a line, and are for no target that was given. */
const OF_COMMAND: Readonly<Record<string, string>> = {
  'cli/commands/buffer.ts': 'a buffer is of this machine only',
  'cli/commands/completion.ts': 'how a shell loads its script',
  'cli/commands/record.ts': 'what made a file, in its first lines',
  'cli/commands/translate.ts': 'the help of the command',
  'cli/complete/scripts.ts': 'the scripts of shells',
  'cli/frame/batch/script.ts': 'where lines may come from, without any',
  'cli/frame/help.ts': 'examples',
  'cli/frame/man.ts': 'examples',
  'cli/frame/help-layout.ts': 'how a command is used',
  'cli/frame/usage-error.ts': 'the help of a command',
  'cli/views/format/left-out.ts': 'lint has no target',
}

describe('in the command', () => {
  const own = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter(
    (name) => /^cli\/.*(?<!\.test)\.ts$/.test(name) && !name.includes('/testing/'),
  )
  const programs = own.map((name) => [name, readFileSync(src + name, 'utf8')] as const)

  it('a line for what was given comes from ownLine, which keeps the target', () => {
    const texts = programs.filter(([, program]) => textsIn(program, LINE).length > 0)
    expect(texts.map(([name]) => name).sort()).toEqual(Object.keys(OF_COMMAND).sort())
  })

  it('no other list of words begins with its name', () => {
    const lists = programs.filter(([, program]) =>
      /\['physmem', \.{3}|\['physmem', '[a-z]+', \w/.test(program),
    )
    expect(lists.map(([name]) => name).sort()).toEqual([
      'cli/frame/hints/line.ts', // Words that were given, of which none is lost.
      'cli/frame/own-line.ts',
    ])
  })
})

/** What makes command lines, and may be called there alone: of any other caller the line is for no target. */
const LINE_MAKERS: Readonly<Record<string, string>> = {
  'wording/command-line.ts': 'makes them',
  'wording/cure.ts': 'for this machine, where nobody says another',
  'cli/frame/own-line.ts': 'for the machine that was given',
}

it('the line of an act is made where its target is known, and is in no message', () => {
  const all = readdirSync(src, { recursive: true, encoding: 'utf8' })
  const makers = all.filter(
    (name) =>
      /(?<!\.test)\.ts$/.test(name) &&
      !name.includes('testing/') &&
      /\bactLine\(|\bactWords\(/.test(readFileSync(src + name, 'utf8')),
  )
  expect(makers.sort()).toEqual(Object.keys(LINE_MAKERS).sort())
})

/** What of the command shows the cures of errors, and says for which machine their lines are. */
const SHOWN = /\b(?:errorToJson|describeError|wordCure|wordRemedy)\(/

/** Those that show none for a target that was given. */
const UNTARGETED: Readonly<Record<string, string>> = {
  'cli/commands/kmod.ts': 'the module is of this machine',
  'cli/commands/repl.ts': 'what no line has thrown',
  'cli/frame/exit.ts': 'is told',
  'cli/frame/run.ts': 'what is wrong before a target is known',
  'cli/frame/several/run.ts': 'what several targets have in common',
}

it('what shows a cure says for which machine it is', () => {
  const shown = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter(
    (name) => /^cli\/.*(?<!\.test)\.ts$/.test(name) && SHOWN.test(readFileSync(src + name, 'utf8')),
  )
  const untold = shown.filter((name) => !/\bownWords\(/.test(readFileSync(src + name, 'utf8')))
  expect(untold.sort()).toEqual(Object.keys(UNTARGETED).sort())
})

describe('a text that is a command line', () => {
  it.each([
    [COMMAND, "const cure = 'load it: physmem kmod load'"],
    [COMMAND, `const cure = \`\${why}: physmem --target \${target} read\``],
    [OPTION, "const cure = 'use --width 8'"],
    [OPTION, `const cure = \`\${why} (--width \${width})\``],
    [SHELL, "const cure = 'load it: modprobe msr'"],
    [SHELL, `const cure = sentence\`wake it: echo on > /sys/\${folder}/control\``],
  ])('would be found by %s: %s', (word, program) => {
    expect(textsIn(program, word)).toHaveLength(1)
  })

  it('is none in other words, or for the shell', () => {
    expect(textsIn("const a = 'the module of physmem maps /dev/mem'", COMMAND)).toEqual([])
    expect(textsIn("const a = 'this -- or that'; count--; // --width", OPTION)).toEqual([])
    expect(textsIn("const a = shell('modprobe msr')", SHELL, ['shell'])).toEqual([])
  })
})
