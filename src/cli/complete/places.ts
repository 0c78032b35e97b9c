import { readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { listPci, pciExists, readBars } from '../../linux/pci.ts'
import { listUio } from '../../linux/uio.ts'

/** Places that begin like this word, as far as there is something to list. */
export function completePlace(word: string, root: string): string[] {
  if (word.startsWith('pci:')) return completePci(word, root)
  if (word.startsWith('uio:')) return completeUio(root)
  if (word.startsWith('file:')) return completePath(word.slice(5)).map((path) => `file:${path}`)
  return ['pci:', 'uio:', 'file:']
}

function completePci(word: string, root: string): string[] {
  const slash = word.indexOf('/')
  const device = slash < 0 ? '' : word.slice('pci:'.length, slash)
  if (device === '' || !pciExists(device, root)) {
    return listPci(root).map((name) => `pci:${name}/`)
  }
  const bars = readBars(device, root).filter(({ kind }) => kind === 'memory')
  return bars.map(({ number }) => `pci:${device}/bar${number}`)
}

function completeUio(root: string): string[] {
  return listUio(root).flatMap(({ number, name, maps }) =>
    maps.flatMap((map) => [
      `uio:uio${number}/map${map.number}`,
      ...(name === '' || map.name === '' ? [] : [`uio:${name}/${map.name}`]),
    ]),
  )
}

/** Files and folders that begin like this path; folders end in a slash. */
export function completePath(path: string): string[] {
  const folder = path.endsWith('/') || path === '' ? path : dirname(path)
  const shown = path.includes('/') ? join(folder, '/') : ''
  const prefix = path.startsWith('./') && !shown.startsWith('./') ? `./${shown}` : shown
  try {
    const entries = readdirSync(folder === '' ? '.' : folder, { withFileTypes: true })
    return entries.map((entry) => `${prefix}${entry.name}${entry.isDirectory() ? '/' : ''}`)
  } catch {
    return []
  }
}
