import { isGlobalFlag } from './globals.ts'
import type { Grammar } from './hints/line.ts'
import { commandAt } from './words.ts'

/**
 * What is not a command is said before commander reads the options after it, which are another
 * tool's, or prints the help of all where that of such a command is asked for.
 */
export async function refuseUnknown(argv: readonly string[], grammar: Grammar): Promise<void> {
  const at = commandAt(argv)
  const word = argv[at]
  if (word === undefined || grammar.commands.some(({ name }) => name === word)) return
  const before = argv.slice(0, at).filter((one) => one.startsWith('-'))
  if (!before.every(isGlobalFlag)) return
  const { unknownCommand } = await import('./unknown-command.ts')
  throw await unknownCommand(argv, at, grammar)
}
