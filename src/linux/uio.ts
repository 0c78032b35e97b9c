import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** One map of a UIO device, from /sys/class/uio/uioN/maps/mapN. */
export interface UioMap {
  number: number
  name: string
  /** Physical address of the first page, or a kernel address for memory of another kind. */
  address: number
  /** Bytes from the start of the first page to the first byte that counts. */
  offset: number
  /** Bytes from the first that counts to the end: `size` is that of the pages. */
  length: number
}

export interface UioDevice {
  /** N of uioN. */
  number: number
  name: string
  maps: UioMap[]
}

/** All UIO devices below `root`, by rising number. */
export function listUio(root = '/'): UioDevice[] {
  const folder = join(root, 'sys/class/uio')
  return numbered(folder, 'uio').map((number) => ({
    number,
    name: readText(join(folder, `uio${number}`, 'name')),
    maps: readMaps(join(folder, `uio${number}`, 'maps')),
  }))
}

/** Maps whose size cannot be told are left out. */
function readMaps(folder: string): UioMap[] {
  return numbered(folder, 'map')
    .map((number) => readMap(join(folder, `map${number}`), number))
    .filter(({ offset, length }) => isCount(offset) && isCount(length) && length > 0)
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0
}

function readMap(folder: string, number: number): UioMap {
  const offset = Number(readText(join(folder, 'offset')))
  return {
    number,
    name: readText(join(folder, 'name')),
    address: Number(readText(join(folder, 'addr'))),
    offset,
    length: Number(readText(join(folder, 'size'))) - offset,
  }
}

function numbered(folder: string, prefix: string): number[] {
  let names: string[]
  try {
    names = readdirSync(folder)
  } catch {
    return []
  }
  return names
    .filter((name) => name.startsWith(prefix) && /^\d{1,9}$/.test(name.slice(prefix.length)))
    .map((name) => Number(name.slice(prefix.length)))
    .sort((a, b) => a - b)
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch {
    return ''
  }
}
