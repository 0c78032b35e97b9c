/** What a command line is by its words alone, before anything is parsed. */

/** The global options after which a value stands. */
export const valueFlags: readonly string[] = [
  ...['-t', '--target', '--keep-connection', '-w', '--width', '--endian'],
]

/** The environment variable that names the target of commands without `--target`. */
export const TARGET = 'PHYSMEM_TARGET'

/** That which names the board file of commands without `--board`. */
export const BOARD = 'PHYSMEM_BOARD'

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
