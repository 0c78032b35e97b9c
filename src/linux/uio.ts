import { join } from 'node:path'
import { ADDRESS_LIMIT } from '../base/limits.ts'
import type { Files } from './files.ts'
import { filesAt } from './files-at.ts'
import { identityAt } from './identity.ts'
import { listNumbered, readLine } from './read.ts'

/** One map of a UIO device, from /sys/class/uio/uioN/maps/mapN. */
export interface UioMap {
  number: number
  name: string
  /** Physical address of the first page; `undefined` for memory that has a kernel address only. */
  address: number | undefined
  /** Bytes from the start of the first page to the first byte that counts. */
  offset: number
  /** Bytes from the first that counts to the end: `size` is that of the pages. */
  length: number
}

export interface UioEntry {
  /** N of uioN. */
  number: number
  name: string
  maps: UioMap[]
}

/** All UIO devices, by rising number. */
export function listUio(files: Files = filesAt()): UioEntry[] {
  return listNumbered(files, FOLDER, 'uio').map((number) => ({
    number,
    name: nameOf(number, files),
    maps: readMaps(files, join(folderOf(number), 'maps')),
  }))
}

/**
 * What tells the device of a number or name from another one that has it later; `undefined` when there
 * is none.
 */
export function uioIdentity(which: number | string, files: Files): string | undefined {
  const number =
    typeof which === 'number'
      ? which
      : listNumbered(files, FOLDER, 'uio').find((one) => nameOf(one, files) === which)
  return number === undefined ? undefined : identityAt(folderOf(number), files)
}

const FOLDER = '/sys/class/uio'

const folderOf = (number: number): string => join(FOLDER, `uio${number}`)

function nameOf(number: number, files: Files): string {
  return readLine(files, join(folderOf(number), 'name'))
}

/** Maps whose size cannot be determined are left out. */
function readMaps(files: Files, folder: string): UioMap[] {
  return listNumbered(files, folder, 'map')
    .map((number) => readMap(files, join(folder, `map${number}`), number))
    .filter(({ offset, length }) => isCount(offset) && isCount(length) && length > 0)
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0
}

function readMap(files: Files, folder: string, number: number): UioMap {
  const offset = Number(readLine(files, join(folder, 'offset')))
  return {
    number,
    name: readLine(files, join(folder, 'name')),
    address: parseAddress(readLine(files, join(folder, 'addr'))),
    offset,
    length: Number(readLine(files, join(folder, 'size'))) - offset,
  }
}

function parseAddress(text: string): number | undefined {
  const address = /^0x[0-9a-f]{1,16}$/.test(text) ? Number(text) : ADDRESS_LIMIT
  return address < ADDRESS_LIMIT ? address : undefined
}
