import { lstatSync, realpathSync, type Stats } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { RefusedError } from '../base/errors.ts'
import { clip } from '../text/refuse.ts'
import { optionWord } from '../wording/command-line.ts'

const STICKY = 0o1000
const GROUP_WRITES = 0o020
const OTHERS_WRITE = 0o002

/**
 * Throws EPERMISSION for a file that was found, not named, where it or a folder that it is in belongs to
 * neither this user nor root, or may be written by others: where a register lies is as good as a
 * command, and physmem often runs as root. As git does with its own (safe.directory, and above that).
 * `from`: the folder below it from which it was found; those between are tested, too. `namedBy`: the
 * board file that names it.
 */
export function checkTrusted(
  path: string,
  uid: number,
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
  const why = whyNotTrusted(status, uid, true)
  if (why !== undefined) refuse(path, why)
  const folders = new Set([...foldersUp(dirname(path)), ...foldersUp(from ?? dirname(path))])
  // A link on the way: whoever may change what it leads to may change the file.
  for (const folder of folders) {
    const own = lstatSync(folder)
    if (own.isSymbolicLink()) for (const real of foldersUp(realpathSync(folder))) folders.add(real)
    const wrong = whyNotTrusted(own, uid, false)
    if (wrong !== undefined) refuse(folder, wrong)
  }
}

/** A folder and all above it. */
function foldersUp(folder: string): string[] {
  const all = [resolve(folder)]
  for (let at = all[0] as string; dirname(at) !== at; at = dirname(at)) all.push(dirname(at))
  return all
}

function whyNotTrusted(status: Stats, uid: number, isFile: boolean): string | undefined {
  if (isFile && status.isSymbolicLink()) return 'is a link'
  if (isFile && !status.isFile()) return 'is not a regular file'
  if (status.uid !== uid && status.uid !== 0) {
    return `belongs to user ${status.uid}, but this is user ${uid}`
  }
  // The mode of a link means nothing: the folder that it stands in counts, and where it leads.
  if (status.isSymbolicLink()) return undefined
  // Nobody renames what is another's in a folder such as /tmp.
  if (!isFile && (status.mode & STICKY) !== 0) return undefined
  if (status.mode & OTHERS_WRITE) return 'is writable by everybody'
  if (status.mode & GROUP_WRITES && status.gid !== 0) return `is writable by group ${status.gid}`
  return undefined
}
