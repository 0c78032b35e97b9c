/** The file of a script, which Node runs. */
import { accessSync, constants, statSync } from 'node:fs'
import { extname, resolve } from 'node:path'
import { RequestError } from '../../base/errors.ts'
import { fileError } from '../../operate/files.ts'
import type { Settings } from './globals.ts'
import { ownLine } from './own-line.ts'
import { filePath } from './paths.ts'

export const SCRIPT_ENDINGS = ['.mjs', '.js', '.cjs', '.mts', '.ts', '.cts']

/** Its absolute path. Throws ENOPLACE or EUSAGE for what is no file, or not of a script. */
export function scriptFile(text: string, settings: Settings): string {
  const path = filePath(text)
  const status = statSync(path, { throwIfNoEntry: false })
  if (status?.isDirectory()) {
    throw new RequestError('EUSAGE', `${path} is a folder, not a script`, { input: path })
  }
  if (!SCRIPT_ENDINGS.includes(extname(path))) {
    const message = `${path} is not a script: expected a file .mjs, .js, .cjs, .mts, .ts or .cts`
    const cure = `for a file of commands: ${ownLine(settings, ['batch', path])}`
    throw new RequestError('EUSAGE', message, { input: path, cure })
  }
  try {
    accessSync(path, constants.R_OK)
  } catch (error) {
    throw fileError(path, 'read', error)
  }
  return resolve(path)
}
