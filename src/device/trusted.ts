import { lstatSync, type Stats } from 'node:fs'
import { dirname, parse } from 'node:path'
import { RefusedError } from '../base/errors.ts'
import { clip } from '../text/refuse.ts'

const STICKY = 0o1000
const GROUP_WRITES = 0o020
const OTHERS_WRITE = 0o002

/**
 * Throws EPERMISSION for a file that was found, not named, where it or a folder that it is in belongs to
 * neither this user nor root, or may be written by others: where a register lies is as good as a
 * command, and physmem often runs as root. As git does with its own (safe.directory, and above that).
 */
export function checkTrusted(path: string, uid: number): void {
  let at = path
  for (;;) {
    const why = whyNotTrusted(lstatSync(at), uid, at === path)
    if (why !== undefined) {
      const which = at === path ? ': it' : `: the folder ${clip(at)}`
      const message = `${clip(path)} is not used${which} ${why}`
      const cure = `name it, as --board ${clip(path)}, or leave it out: --board none`
      throw new RefusedError('EPERMISSION', message, { input: path, cure })
    }
    const above = dirname(at)
    if (above === at || at === parse(at).root) return
    at = above
  }
}

function whyNotTrusted(status: Stats, uid: number, isFile: boolean): string | undefined {
  if (isFile && status.isSymbolicLink()) return 'is a link'
  if (isFile && !status.isFile()) return 'is no regular file'
  if (status.uid !== uid && status.uid !== 0) {
    return `belongs to user ${status.uid}, and this is user ${uid}`
  }
  // Nobody renames what is another's in a folder such as /tmp.
  if (!isFile && (status.mode & STICKY) !== 0) return undefined
  if (status.mode & OTHERS_WRITE) return 'may be written by everybody'
  if (status.mode & GROUP_WRITES && status.gid !== 0) return `may be written by group ${status.gid}`
  return undefined
}
