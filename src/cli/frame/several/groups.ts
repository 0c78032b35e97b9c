/** Groups of targets, which a board file names. */
import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { PhysmemError, RequestError } from '../../../base/errors.ts'
import { retell } from '../../../base/retell.ts'
import { type BoardFile, readBoardFile } from '../../../device/board-file.ts'
import { GROUP_SIGN, type GroupedTarget } from '../../../device/target-groups.ts'
import { checkTrusted, trustedUsers } from '../../../device/trusted.ts'
import { fileOf, wholeTarget } from '../../../device/whole-target.ts'
import { didYouMean, said } from '../../../text/hint.ts'
import { clip, quote } from '../../../text/refuse.ts'
import { accepted, nearest, suggesting } from '../../../text/suggest.ts'
import { boardPathOf } from '../board-path.ts'

export interface GroupOptions {
  /** What `--board` names. */
  board: string | undefined
  env: Readonly<Record<string, string | undefined>>
  /** Told what a group is. */
  tell: (text: string) => void
}

/** The targets, with those of a group in its place. Throws for a group that no board file has. */
export function expandGroups(targets: readonly string[], options: GroupOptions): string[] {
  return targets.flatMap((target) =>
    target.startsWith(GROUP_SIGN) ? targetsOf(target, options) : target,
  )
}

/** `@NAME` of each group that there is. Throws for a board file that cannot be read. */
export function groupNames({ board, env }: Omit<GroupOptions, 'tell'>): string[] {
  const found = boardPathOf(board, env)
  return found === undefined ? [] : namesOf(readBoardFile(found.path, found.foundBy).groups)
}

function namesOf(groups: readonly GroupedTarget[]): string[] {
  return [...new Set(groups.map(({ group }) => GROUP_SIGN + group))]
}

function targetsOf(name: string, { board, env, tell }: GroupOptions): string[] {
  const found = boardPathOf(board, env)
  if (found === undefined) {
    const message = `${quote(name)} is a group of a board file, but there is none`
    const cure = 'write the groups under "targets" of physmem.yaml, or name a file with --board'
    throw new RequestError('EUSAGE', message, { input: name, cure })
  }
  const { path, foundBy } = found
  const file = readBoardFile(path, foundBy)
  const { groups } = file
  const of = (text: string) => groups.filter(({ group }) => GROUP_SIGN + group === text)
  const members = of(name)
  if (members.length === 0) throw unknownGroup(name, path, groups)
  for (const { target } of members) checkNamed(file, target)
  const targets = members.map(({ target }) => wholeTarget(dirname(path), target))
  tell(`${name}: ${targets.join(', ')} (${path})`)
  return targets
}

function unknownGroup(name: string, path: string, groups: readonly GroupedTarget[]): RequestError {
  const names = namesOf(groups)
  const isOne = (text: string) => {
    if (!names.includes(text)) throw new RequestError('EUSAGE', text)
  }
  const meant = suggesting(name, isOne, () => accepted(name, nearest(name, names)))
  const wrong = `${clip(path)} has no group ${quote(name)}`
  const { message, data } = said(didYouMean(wrong, meant))
  return new RequestError('EUSAGE', message, { ...data, input: name })
}

const RUN = /^(exec:|sudo:)/
const RUN_BY_ROOT = /^(exec:|sudo:|ssh:)/

/**
 * What is run is said by the user, not by a file of others that the user names; and what a board file that
 * was found has beside it is tested as it was, and so is a program. Throws EPERMISSION.
 */
export function checkNamed(
  { path, foundBy }: Pick<BoardFile, 'path' | 'foundBy'>,
  target: string,
): void {
  const [, scheme] = (foundBy === undefined ? RUN : RUN_BY_ROOT).exec(target) ?? []
  if (scheme === undefined && foundBy === undefined) return
  const all = foundBy ?? trustedUsers()
  // Root runs no program on the word of the user who became it.
  const users = scheme === undefined ? all : all.slice(0, 1)
  try {
    if (scheme !== undefined) checkTrusted(path, users)
    const file = fileOf(dirname(path), target)
    // What is not there is refused where it is opened.
    if (file !== undefined && existsSync(file)) checkTrusted(file, users, { namedBy: path })
  } catch (error) {
    if (!(error instanceof PhysmemError) || scheme === undefined) throw error
    const message = error.message + (all.length > 1 ? `, and ${scheme} runs a program` : '')
    throw retell(error, { message, data: { cure: `give ${clip(target)} with --target` } })
  }
}
