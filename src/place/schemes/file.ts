import { malformed } from '../../text/refuse.ts'
import { type Scheme, withOffset } from '../scheme.ts'

/**
 * A place in a file or device node: `file:./dump.bin+0x10`. The path may hold anything; one that
 * itself ends like an offset (`+1`), a bit (`:5`) or the end of a range (`..5`) is closed by `+0`.
 * None may end in `..`, which is a directory or a range without its end.
 */
export interface FilePlace {
  scheme: 'file'
  path: string
  offset: number
}

export const file: Scheme<FilePlace> = {
  name: 'file',
  example: 'file:./dump.bin+0x10',
  freeText: 'path',
  suffixesFrom: () => 0,
  parse: (path, offset) => {
    if (path === '') {
      throw malformed('file:', 'a file place', 'it names no path, such as file:./dump.bin')
    }
    if (path.includes('\0')) {
      throw malformed(`file:${path}`, 'a file place', 'a path cannot hold a NUL character')
    }
    return { scheme: 'file', path, offset }
  },
  format: (place) => withOffset(place.path, place.offset),
  guess: (text) =>
    /^\.{0,2}\/|^[A-Za-z][^:]*\//.test(text) && !hasNoBytes(text) ? `file:${text}` : undefined,
}

/**
 * Whether a path is known, by how it is written, to lead to what is not mapped as bytes: nodes whose
 * offsets are maps, regions or handles, and files of sysfs and procfs. What a path leads to is for
 * ways/node-kind.ts, which looks.
 */
export function hasNoBytes(path: string): boolean {
  return /^\/(?:dev\/(?:uio[0-9]|dri\/|accel\/|vfio\/)|sys\/|proc\/(?!vmcore))/.test(path)
}
