/** What a command line is by its words alone, before anything is parsed. */

/** The global options after which a value stands. */
export const valueFlags: readonly string[] = [
  ...['-t', '--target', '--keep-connection', '-w', '--width', '--endian'],
]

/** The environment variable that names the target of commands without `--target`. */
export const TARGET = 'PHYSMEM_TARGET'

/** That which names the board file of commands without `--board`. */
export const BOARD = 'PHYSMEM_BOARD'

/** That which says how wide the output is where no terminal does. */
export const COLUMNS = 'COLUMNS'

/** The option that names a target, also with its value in the same word. */
export const targetFlag = /^(?:-[qv]*t|--target)/

/** The first word that is neither an option nor the value of one. */
export function commandOf(argv: readonly string[]): string {
  return argv[commandAt(argv)] ?? ''
}

/** Where it is; -1 where there is none. */
export function commandAt(argv: readonly string[]): number {
  for (let index = 0; index < argv.length; index++) {
    const word = argv[index] ?? ''
    if (!word.startsWith('-')) return index
    if (valueFlags.includes(word)) index++
  }
  return -1
}

/**
 * The line with `--` behind the script of `run`: what follows is the script's, and nothing of it an option
 * of physmem.
 */
export function withScriptApart(argv: readonly string[]): readonly string[] {
  const at = commandAt(argv)
  if (argv[at] !== 'run') return argv
  const script = at + 1 + commandAt(argv.slice(at + 1))
  const isWhole =
    script === at || script + 1 >= argv.length || argv.slice(at, script).includes('--')
  return isWhole ? argv : [...argv.slice(0, script + 1), '--', ...argv.slice(script + 1)]
}
