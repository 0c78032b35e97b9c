import { commandOf, TARGET, targetFlag } from '../frame/words.ts'

/** The commands that scripts run by the thousand: their start is what counts. */
export const everyday: readonly string[] = ['read', 'write', 'wait', 'devmem']

/** The commands that look at what there is, and open no memory. */
export const looking: readonly string[] = ['map', 'list']

/** The commands that look page tables up. */
export const translating: readonly string[] = ['translate']

/** The commands that access another machine by an agent, most often from a script. */
const remote: readonly string[] = ['read', 'write', 'wait']

/** The targets at which an agent serves. */
const byAgent = /^(?:ssh:\/\/|sudo:|exec:|unix:|serial:)/

/** The kinds of place that need more than an everyday command has with it: all but these, and addresses. */
const rare = /^(?!(?:pci|uio|file):)[a-z][a-z0-9]*:|^pci:[^/]*\/config/

/** Those whose addresses must be translated. */
const virtual = /^(?:pid|kernel):/

/** Targets, but for this machine. */
const otherMachine = /sim:|exec:|unix:|serial:|sudo:|gdb:|qmp:|ssh:\/\//

/** A group of targets, which a board file names. */
const group = /^(?:-[qv]*t|--target=)?@/

/** Help, also behind other short options. */
const help = /^-(?:-help$|[^-]*h)/

/** Options that name what describes registers. */
const describing = /^--(?:chip|board)(?:=|$)/

/** Commands that take names of registers, and options after which a word is none. */
const byName = ['read', 'write', 'wait', 'list']
const valued = ['--base', '--endian', '-t', '--target']

/**
 * Whether a word may name a register: `UART0.FR`, `pl011@0x9000000.FR`, `pci:0000:00:04.0.ID`. What it
 * means is for src/place/named.ts; here all that is surely none must be left out.
 */
function mayBeName(word: string, before: string | undefined): boolean {
  if (word.startsWith('-') || valued.includes(before ?? '')) return false
  if (/^pci:/i.test(word)) return /^pci:[^=]*\.[a-z_*?]/i.test(word)
  return word.includes('@') || (/^[a-z_*?.]/i.test(word) && !/^[a-z][a-z0-9]*:/.test(word))
}

/** Options of all commands behind which no value stands. */
const flags = /^(?:-q|-v|--(?:quiet|verbose|json|sudo|act-on-ports|act-on-i2c))$/

/**
 * Whether the target may be that of a board file. Where a word may as well be the value of an option, it
 * counts for nothing: then that is for `whole` to find out.
 */
function isOfBoard(argv: readonly string[], env: Env, maySay: MaySay): boolean {
  if (env[TARGET]) return false
  const dashes = argv.indexOf('--')
  const words = dashes < 0 ? argv : argv.slice(0, dashes)
  const isOption = (_: string, at: number) => {
    const before = words[at - 1] ?? ''
    return !before.startsWith('-') || before.includes('=') || flags.test(before)
  }
  if (words.filter(isOption).some((word) => targetFlag.test(word))) return false
  const at = words.findIndex((word) => /^--board(?:=|$)/.test(word))
  if (at < 0) return maySay(undefined, env)
  if (!isOption('', at)) return true
  const [flag = '', next] = words.slice(at)
  return maySay(flag.includes('=') ? flag.slice('--board='.length) : next, env)
}

type Env = Readonly<Record<string, string | undefined>>

/** Whether a board file, named or found, may say which machine is meant. */
type MaySay = (named: string | undefined, env: Env) => boolean

/** The built files of the command, which differ in what is left out of them. */
type Part = 'everyday' | 'batch' | 'looking' | 'named' | 'remote' | 'translating' | 'whole'

/**
 * The smallest of the built files that surely has all that a command line needs; what it does not
 * need is left out of all but `whole`, so that they start fast (see scripts/build.mjs). `maySay` tells
 * whether a board file may name another machine, of which the others know nothing; `held` are the
 * commands of a batch that holds everyday ones only.
 */
export function partFor(
  argv: readonly string[],
  env: Env = {},
  maySay: MaySay = () => false,
  held?: readonly string[],
): Part {
  const part = partHere(argv, env, held)
  return part !== 'whole' && isOfBoard(argv, env, maySay) ? 'whole' : part
}

/** The same where no board file names another machine. */
function partHere(argv: readonly string[], env: Env, held?: readonly string[]): Part {
  const command = commandOf(argv)
  if (argv.some((word) => help.test(word))) return 'whole'
  if (isByAgent(argv, env)) return 'remote'
  if (env[TARGET] && env[TARGET] !== 'local') return 'whole'
  if (argv.some((word) => otherMachine.test(word) || group.test(word))) return 'whole'
  if (argv.filter((word) => targetFlag.test(word)).length > 1) return 'whole'
  if (command === 'batch') return held === undefined ? 'whole' : 'batch'
  const named = byName.includes(command) && mayBeNamed(argv, command)
  if (looking.includes(command)) {
    const isWhole = named || argv.some((word) => virtual.test(word) || describing.test(word))
    return isWhole ? 'whole' : 'looking'
  }
  if (translating.includes(command)) return 'translating'
  if (!everyday.includes(command)) return 'whole'
  if (named) return 'named'
  return argv.some((word) => rare.test(word)) ? 'whole' : 'everyday'
}

/** Whether it is an access by an agent, of places in which no register is named. */
function isByAgent(argv: readonly string[], env: Env): boolean {
  const { said = env[TARGET] ?? '', rest } = targetApart(argv)
  const command = commandOf(rest)
  if (!remote.includes(command) || !byAgent.test(said)) return false
  if (rest.some((word) => word === '--' || otherMachine.test(word) || targetFlag.test(word)))
    return false
  return !mayBeNamed(rest, command)
}

/** The target that a line says first, and the line without it. */
function targetApart(argv: readonly string[]): { said?: string; rest: readonly string[] } {
  const at = argv.findIndex((word) => targetFlag.test(word))
  if (at < 0) return { rest: argv }
  const [flag = '', next = ''] = argv.slice(at)
  const value = flag.replace(targetFlag, '').replace(/^=/, '')
  return value === ''
    ? { said: next, rest: argv.toSpliced(at, 2) }
    : { said: value, rest: argv.toSpliced(at, 1) }
}

function mayBeNamed(argv: readonly string[], command: string): boolean {
  const words = argv.slice(argv.indexOf(command) + 1)
  return words.some((word, at) => mayBeName(word, words[at - 1]))
}

/**
 * What a code cache learns of a command line: the command, those that it holds, and the kinds of its
 * places, which decide most of what is compiled. `undefined` for what no command is named.
 */
export function lessonOf(
  argv: readonly string[],
  held: readonly string[] = [],
): string | undefined {
  const command = commandOf(argv)
  if (!/^[a-z_]+$/.test(command)) return undefined
  if (command === 'run') return command // The words are the script's.
  const kinds = argv.flatMap((word) => /^([a-z][a-z0-9]*):/.exec(word)?.[1] ?? [])
  return [command, ...held, ...new Set(kinds)].join('+')
}
