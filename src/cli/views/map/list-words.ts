import type { Files } from '../../../linux/files.ts'
import { listPci, readPciIds } from '../../../linux/pci.ts'

/** What a word of `list` looks for: itself, or for the ids of PCI functions the names of these. */
export function alternativesOf(word: string, files: Files): string[] {
  const parts = /^pci:([0-9a-f]{4}):([0-9a-f]{4})(?:#([0-9]+))?(\/.*)?$/i.exec(word)
  if (parts === null) return [word]
  const [, vendor = '', device = '', number, rest = ''] = parts
  const found = listPci(files)
    .sort()
    .filter((address) => {
      const ids = readPciIds(address, files)
      return ids.vendor === Number(`0x${vendor}`) && ids.device === Number(`0x${device}`)
    })
  const chosen = number === undefined ? found : found.slice(Number(number), Number(number) + 1)
  return chosen.map((address) => `pci:${address}${rest}`)
}
