import { lstatSync, realpathSync, type Stats } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { RefusedError } from '../base/errors.ts'
import { clip } from '../text/refuse.ts'
import { optionWord } from '../wording/command-line.ts'

const STICKY = 0o1000
const GROUP_WRITES = 0o020
const OTHERS_WRITE = 0o002

/**
 * Whose files are used: this user's first. Of root also those of the user who became it by sudo, as git
 * does (is_path_owned_by_current_uid in git-compat-util.h): who may type `sudo physmem` could name the file, too.
 */
export function trustedUsers(
  env: Readonly<Record<string, string | undefined>> = process.env,
): readonly number[] {
  const uid = process.getuid?.()
  const { SUDO_UID = '' } = env
  return uid === 0 && /^[1-9]\d{0,9}$/.test(SUDO_UID) ? [uid, Number(SUDO_UID)] : [uid ?? 0]
}

/**
 * Throws EPERMISSION for a file that was found, not named, where it or a folder that it is in belongs to
 * none of these users and not to root, or may be written by others: where a register lies is as good as a
 * command, and physmem often runs as root. As git does with its own (safe.directory, and above that).
 * `from`: the folder below it from which it was found; those between are tested, too. `namedBy`: the
 * board file that names it.
 */
export function checkTrusted(
  path: string,
  users: readonly number[],
  { from, namedBy }: { from?: string; namedBy?: string } = {},
): void {
  const refuse = (at: string, why: string): never => {
    const which = at === path ? ': it' : `: the folder ${clip(at)}`
    const board = clip(namedBy ?? path)
    const by = namedBy === undefined ? '' : `, which ${board} names,`
    const message = `${clip(path)}${by} is not used${which} ${why}`
    const cure = `name ${namedBy === undefined ? 'it' : 'the board file'}, as ${optionWord('board', board)}, or leave it out: ${optionWord('board', 'none')}`
    throw new RefusedError('EPERMISSION', message, { input: path, cure })
  }
  const status = lstatSync(path)
  const why = whyNotTrusted(status, users, true)
  if (why !== undefined) refuse(path, why)
  const folders = new Set([...foldersUp(dirname(path)), ...foldersUp(from ?? dirname(path))])
  // A link on the way: whoever may change what it leads to may change the file.
  for (const folder of folders) {
    const own = lstatSync(folder)
    if (own.isSymbolicLink()) for (const real of foldersUp(realpathSync(folder))) folders.add(real)
    const wrong = whyNotTrusted(own, users, false)
    if (wrong !== undefined) refuse(folder, wrong)
  }
}

/** A folder and all above it. */
function foldersUp(folder: string): string[] {
  const all = [resolve(folder)]
  for (let at = all[0] as string; dirname(at) !== at; at = dirname(at)) all.push(dirname(at))
  return all
}

function whyNotTrusted(
  status: Stats,
  users: readonly number[],
  isFile: boolean,
): string | undefined {
  if (isFile && status.isSymbolicLink()) return 'is a link'
  if (isFile && !status.isFile()) return 'is not a regular file'
  if (!users.includes(status.uid) && status.uid !== 0) {
    return `belongs to user ${status.uid}, but this is user ${users.join(' for user ')}`
  }
  // The mode of a link means nothing: the folder that it stands in counts, and where it leads.
  if (status.isSymbolicLink()) return undefined
  // Nobody renames what is another's in a folder such as /tmp.
  if (!isFile && (status.mode & STICKY) !== 0) return undefined
  if (status.mode & OTHERS_WRITE) return 'is writable by everybody'
  if (status.mode & GROUP_WRITES && status.gid !== 0) return `is writable by group ${status.gid}`
  return undefined
}
