import { readFile } from 'node:fs/promises'
import { type PhysmemError, RefusedError, RequestError } from '../../base/errors.ts'
import { checkKind } from '../../text/options.ts'
import { clip, printable } from '../../text/refuse.ts'
import type { BoardDescription } from './schema.ts'
import { checkSimOptions, SimMemory, type SimOptions } from './sim-memory.ts'

/**
 * Opens a simulated board: the built-in one when `spec` is empty or `sim:`, otherwise the one that
 * the YAML file at path `spec` describes (see docs/simulated-board.md), which may be given as
 * `sim:FILE`, too.
 *
 * Throws ENOPLACE when there is no such file, EPERMISSION or EOPEN when it cannot be read, and
 * ESYNTAX with file, line and column when it is not a board description.
 */
export async function openSim(spec = '', options: SimOptions = {}): Promise<SimMemory> {
  checkKind('spec', spec, 'string')
  checkSimOptions(options)
  if (spec.startsWith('sim:')) return await openSim(spec.slice('sim:'.length), options)
  const board = spec === '' ? await builtIn() : await parseBoard(await readDescription(spec), spec)
  return new SimMemory(board, { name: `sim:${spec}`, ...options })
}

/** The board that a YAML text describes, such as `defaultBoard`. `file` names it in errors. Throws ESYNTAX. */
export async function parseBoard(text: string, file?: string): Promise<BoardDescription> {
  checkKind('text', text, 'string')
  if (file !== undefined) checkKind('file', file, 'string')
  // Loaded only now: most runs of physmem need neither YAML nor validation.
  const { parseBoardText } = await import('./parse.ts')
  return parseBoardText(text, file)
}

async function builtIn(): Promise<BoardDescription> {
  const { builtInBoard } = await import('./built-in.ts')
  return builtInBoard()
}

async function readDescription(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw explainDescription(path, error as NodeJS.ErrnoException)
  }
}

function explainDescription(path: string, error: NodeJS.ErrnoException): PhysmemError {
  const { code: errno = 'unknown' } = error
  if (path.includes('\n')) {
    const message = 'spec: expected the path of a description, not a text of several lines'
    const cure = 'open a text with new SimMemory(await parseBoard(text))'
    return new RequestError('EUSAGE', message, { errno, cure }, { cause: error })
  }
  const data = { place: `sim:${path}`, input: path, errno }
  const options = { cause: error }
  const shown = errno === 'ENAMETOOLONG' ? clip(path) : printable(path)
  const missing = (what: string) => {
    const message = `${what}: expected the YAML description of a board`
    const cure = /^\d/.test(path) ? { cure: NO_ADDRESS } : {}
    return new RequestError('ENOPLACE', message, { ...data, ...cure }, options)
  }
  const what = `the board description ${shown}`
  switch (errno) {
    case 'ENOENT':
    case 'ENOTDIR':
      return missing(`there is no file ${shown}`)
    case 'EISDIR':
      return missing(`${shown} is a directory`)
    case 'EACCES':
    case 'EPERM':
      return new RefusedError('EPERMISSION', `${what} cannot be read (${errno})`, data, options)
    default:
      return new RefusedError('EOPEN', `${what} could not be read (${errno})`, data, options)
  }
}

const NO_ADDRESS =
  'sim: alone is the built-in board; an address is given to what reads or writes it'
