import type { Endian } from '../../base/endian.ts'
import type { Width } from '../../base/width.ts'
import { TARGET_FORMS, TARGET_SCHEMES } from '../../place/target.ts'
import { parseWidth } from '../../place/value.ts'
import type { OptionSpec, OptionValues } from './option-spec.ts'
import { choice, parseKeep } from './parsers.ts'
import { TARGET } from './words.ts'

/** The options that are accepted before and after every command. */
export const globalOptions = {
  target: {
    flags: '-t, --target <target>',
    description: `which machine: ${TARGET_FORMS}; given several times: on each, side by side`,
    parse: (text: string) => text,
    repeats: true,
    fallback: 'local',
    fallbackText: 'local',
    completes: ['local', ...TARGET_SCHEMES],
  } satisfies OptionSpec<string>,
  sudo: {
    flags: '--sudo',
    description: 'have sudo start the agent on the machine of the target: of ssh:// and exec:',
    fallback: false as boolean,
  } satisfies OptionSpec<boolean>,
  keepConnection: {
    flags: '--keep-connection <duration>',
    description: 'of ssh://: keep it so long for later commands that have this option, too',
    parse: parseKeep,
    fallback: undefined as number | undefined,
  } satisfies OptionSpec<number | undefined>,
  width: {
    flags: '-w, --width <bits>',
    description: 'bits of one access: 8, 16, 32 or 64',
    parse: parseWidth,
    fallback: 32 as Width,
    fallbackText: '32',
    completes: ['8', '16', '32', '64'],
  } satisfies OptionSpec<Width>,
  endian: {
    flags: '--endian <order>',
    description: 'order of the bytes of a value: little or big',
    parse: choice<Endian>('an order of bytes', ['little', 'big']),
    fallback: 'little' as Endian,
    fallbackText: 'little',
    completes: ['little', 'big'],
  } satisfies OptionSpec<Endian>,
  json: {
    flags: '--json',
    description: 'print one JSON document',
    fallback: false as boolean,
  } satisfies OptionSpec<boolean>,
  verbose: {
    flags: '-v, --verbose',
    description: 'say on stderr which way was taken to each memory, and why',
    fallback: false as boolean,
  } satisfies OptionSpec<boolean>,
  actOnPorts: {
    flags: '--act-on-ports',
    description: 'let ranges of I/O ports be accessed, which acts on the devices behind them',
    fallback: false as boolean,
  } satisfies OptionSpec<boolean>,
  actOnI2c: {
    flags: '--act-on-i2c',
    description: 'let ranges of registers of I2C devices be accessed, which acts on them',
    fallback: false as boolean,
  } satisfies OptionSpec<boolean>,
  quiet: {
    flags: '-q, --quiet',
    description: 'print values only',
    fallback: false as boolean,
  } satisfies OptionSpec<boolean>,
}

export type GlobalName = keyof typeof globalOptions

/** Whether a word is a global option that only says something of the rest of its line. */
export function isGlobalFlag(word: string): boolean {
  const [flag = ''] = word.split('=')
  const specs: readonly OptionSpec<unknown>[] = Object.values(globalOptions)
  return [...specs.map(({ flags }) => flags), '-h, --help'].some((flags) =>
    flags.split(/[ ,]+/).includes(flag),
  )
}

/** The values of the global options. */
export interface Settings extends OptionValues<typeof globalOptions> {
  /** The environment variable or the board file that named the target, where no option did. */
  targetFrom?: string | undefined
  /** Whether that is a board file, with what it says of the target as it is written there. */
  boardTarget?: string | undefined
  /** Whether the command line says the target. */
  targetGiven?: true
  /** All targets, where the command line gives several; `target` is the first. */
  targets?: readonly string[]
  /** Whether the command line says the width. */
  widthGiven?: true
}

/** The values of the global options where the command line gives none. */
export function defaultSettings(env: Readonly<Record<string, string | undefined>>): Settings {
  const names = Object.keys(globalOptions) as GlobalName[]
  const fallbacks = names.map((name) => [name, globalOptions[name].fallback])
  const target = env[TARGET] ? { target: env[TARGET], targetFrom: TARGET } : {}
  return { ...(Object.fromEntries(fallbacks) as Settings), ...target }
}
