import { commandOf, TARGET } from '../frame/words.ts'

/** The commands that scripts run by the thousand: their start is what counts. */
export const everyday: readonly string[] = ['read', 'write', 'wait', 'devmem']

/** The commands that look at what there is, and open no memory. */
export const looking: readonly string[] = ['map', 'list']

/** The kinds of place that need more than an everyday command has with it. */
const rare = /^(?:(?:iomem|dtb?|pid|kernel|port):|pci:[^/]*\/config)/

/** Those whose addresses must be translated. */
const virtual = /^(?:pid|kernel):/

/**
 * The smallest of the built files that surely has all that a command line needs; what it does not
 * need is left out of the first two, which start fast (see scripts/build.mjs).
 */
export function partFor(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>> = {},
): 'everyday' | 'looking' | 'whole' {
  const command = commandOf(argv)
  if (env[TARGET] && env[TARGET] !== 'local') return 'whole'
  if (argv.some((word) => word.includes('sim:'))) return 'whole'
  if (looking.includes(command))
    return argv.some((word) => virtual.test(word)) ? 'whole' : 'looking'
  const needsMore = argv.some((word) => rare.test(word))
  return everyday.includes(command) && !needsMore ? 'everyday' : 'whole'
}

/**
 * What a code cache learns of a command line: the command and the kinds of its places, which decide
 * most of what is compiled. `undefined` for what no command is named.
 */
export function lessonOf(argv: readonly string[]): string | undefined {
  const command = commandOf(argv)
  if (!/^[a-z_]+$/.test(command)) return undefined
  const kinds = argv.flatMap((word) => /^([a-z]+):/.exec(word)?.[1] ?? [])
  return [command, ...new Set(kinds)].join('+')
}
