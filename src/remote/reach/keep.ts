/** A connection that ssh keeps for later commands: its own ControlMaster, which listens on no network. */
import { execFile } from 'node:child_process'
import { lstatSync, mkdirSync } from 'node:fs'
import { connectionError } from '../errors.ts'

/** What follows the folder in a path: `/`, the 40 digits of %C, and what ssh adds while it makes it. */
const NAME_BYTES = 1 + 40 + 17

/** The longest path of a socket: sun_path of unix(7), without its end. */
const PATH_BYTES = 107

/** How long ssh may take to tell its configuration. */
const LIMIT_MS = 10_000

/**
 * The options of ssh that have it take a connection that is kept, or keep its own for so long. None where
 * the configuration of the user has a ControlPath for the host: that is left alone. Rejects with
 * ECONNECTION where there is no private folder for the socket.
 */
export async function keepOptions(
  name: string,
  keepS: number,
  toHost: readonly string[],
): Promise<readonly string[]> {
  if (await hasOwnPath(toHost)) return []
  const folder = keepFolder(name)
  return ['ControlMaster=auto', `ControlPath=${folder}/%C`, `ControlPersist=${keepS}`].flatMap(
    (option) => ['-o', option],
  )
}

/** Whether `ssh -G` tells of a ControlPath. What is wrong with it, the connection itself will say. */
function hasOwnPath(toHost: readonly string[]): Promise<boolean> {
  return new Promise((resolve) => {
    execFile('ssh', ['-G', ...toHost], { timeout: LIMIT_MS }, (error, stdout) => {
      const path = /^controlpath (.*)$/m.exec(stdout)?.[1] ?? 'none'
      resolve(error === null && path !== 'none')
    })
  })
}

/** Of this user alone, and no link: whoever may write there has all that the connection may do. */
function keepFolder(name: string): string {
  const { XDG_RUNTIME_DIR: own = '' } = process.env
  const uid = process.geteuid?.() ?? 0
  const inFolder = (base: string) => `${base}/physmem-${uid}-ssh`
  // ssh takes other signs for its own, and others need quotes.
  const fits = /^\/[\w./-]*$/.test(own) && inFolder(own).length + NAME_BYTES <= PATH_BYTES
  const folder = inFolder(fits ? own : '/tmp')
  try {
    mkdirSync(folder, { mode: 0o700 })
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    if (code !== 'EEXIST') {
      const why = `the folder ${folder} cannot be made (${code})`
      throw connectionError(
        name,
        why,
        'keep no connection, or let XDG_RUNTIME_DIR name your folder',
      )
    }
  }
  const status = lstatSync(folder)
  if (!status.isDirectory() || status.uid !== uid || (status.mode & 0o077) !== 0) {
    const why = `${folder} is not a folder of this user alone: it must have mode 0700, and be no link`
    throw connectionError(name, why, `remove ${folder}`)
  }
  return folder
}
