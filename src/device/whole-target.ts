import { resolve } from 'node:path'
import { shellLine, splitWords } from '../text/shell-words.ts'

/** Targets that name a file, a socket or a device by a path that is not absolute. */
const BY_PATH = /^(sim:|unix:|serial:|qmp:|gdb:)(?!\/)(.+)$/s

/**
 * A target whose path is from this folder, with the whole path; of `exec:` that is the program, if it is
 * named by a path. Throws ESYNTAX for a command that no shell would take.
 */
export function wholeTarget(folder: string, target: string): string {
  const [, scheme = '', path = ''] = BY_PATH.exec(target) ?? []
  if (scheme !== '') return scheme + resolve(folder, path)
  const [program, ...rest] = commandOf(target)
  if (program === undefined || !isRelative(program)) return target
  return `exec:${shellLine([resolve(folder, program), ...rest])}`
}

/** The file that a target has beside the one it stands in: what it says is as good as what says it. */
export function fileOf(folder: string, target: string): string | undefined {
  if (/^sim:./s.test(target)) return resolve(folder, target.slice('sim:'.length))
  const [program = ''] = commandOf(target)
  return isRelative(program) ? resolve(folder, program) : undefined
}

const commandOf = (target: string): string[] =>
  target.startsWith('exec:') ? splitWords(target.slice('exec:'.length)) : []

/** As a shell has it: a name without a slash is looked for in PATH. */
const isRelative = (program: string) => program.includes('/') && !program.startsWith('/')
