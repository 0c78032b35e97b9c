import type { Command } from './command.ts'

/** A command as it is known before its file is loaded. */
export interface Entry {
  name: string
  /** One line for the list of commands. */
  summary: string
  load: () => Promise<{ default: Command }>
}

/**
 * The table of commands. Adding one means one file in `commands/` and one row here. Only the file
 * of the command that is run is loaded.
 */
export const registry: readonly Entry[] = [
  row('read', 'read registers or ranges', () => import('./commands/read.ts')),
  row('write', 'write registers, or bits of them', () => import('./commands/write.ts')),
  row('wait', 'wait until a register has a value', () => import('./commands/wait.ts')),
  row('watch', 'show how registers change', () => import('./commands/watch.ts')),
  row('dump', 'show or save a range', () => import('./commands/dump.ts')),
]

// biome-ignore lint/suspicious/noExplicitAny: a command of any options is a command.
function row(name: string, summary: string, load: () => Promise<{ default: Command<any> }>): Entry {
  return { name, summary, load }
}
