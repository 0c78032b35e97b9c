import { existsSync, mkdirSync, mkdtempSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { RequestError } from '../base/errors.ts'
import { MODULE } from '../linux/kmod-files.ts'
import { refusalError } from '../refusal/error.ts'
import { BUILD_ELSEWHERE, folderRefusal } from '../refusal/kmod-build.ts'
import { remedied } from '../wording/cure.ts'

/**
 * Makes the folder that takes the module, and in it an empty one to build in, whose path is returned:
 * beside its place, so that the module can be renamed into it, and no other build is in the way.
 * Throws, `what` first, RequestError EUSAGE for a folder that make cannot take, or that is none, and
 * RefusedError EBUILD for one that cannot be made or written.
 */
export function makeWorkshop(folder: string, what: string): string {
  checkName(folder, what)
  try {
    makeFolder(folder)
    if (isFolder(join(folder, `${MODULE}.ko`))) {
      throw request(`${what}: ${join(folder, `${MODULE}.ko`)} is a folder, expected a file`)
    }
    return mkdtempSync(join(folder, 'build-'))
  } catch (error) {
    if (error instanceof RequestError) throw error
    const errno = (error as NodeJS.ErrnoException).code ?? 'unknown error'
    if (errno === 'EEXIST' && existsSync(folder))
      throw request(`${what}: ${folder} is a file, expected a folder`)
    throw refusalError(what, folderRefusal(folder, errno), { errno })
  }
}

/** What stands in M= goes through make and a shell, whose own characters it may not have. */
function checkName(folder: string, what: string): void {
  const other = /[^\p{L}\p{N}/._+@~-]/u.exec(folder)?.[0]
  if (other === undefined) return
  const reason = `make cannot take a folder with ${JSON.stringify(other)} in its name`
  throw request(`${what} in ${folder}: ${reason}`)
}

/** Another folder is to be given. */
function request(message: string): RequestError {
  return new RequestError('EUSAGE', message, ...remedied({ cure: [BUILD_ELSEWHERE] }))
}

/** With the folders above it. Node's own `recursive` never ends below /proc, which answers ENOENT. */
function makeFolder(folder: string): void {
  if (isFolder(folder)) return
  const above = dirname(folder)
  if (above !== folder) makeFolder(above)
  try {
    mkdirSync(folder)
  } catch (error) {
    // Somebody else was faster.
    if (!isFolder(folder)) throw error
  }
}

const isFolder = (path: string): boolean =>
  statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
