import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import type { Matches } from '../model.ts'
import { libraryBlocks } from './index.ts'

const file = fileURLToPath(new URL('../../../docs/known-devices.md', import.meta.url))

/** The first and the last of many. */
const few = (ids: readonly string[]) =>
  ids.length > 8 ? `${ids[0]} … ${ids.at(-1)}` : ids.join(', ')

function foundBy({ compatible = [], acpi = [], pci = [], pciClass = [] }: Matches): string {
  const kinds = [
    few(compatible.map((one) => `\`${one}\``)),
    acpi.length > 0 ? `ACPI ${few(acpi)}` : '',
    pci.length > 0 ? `PCI ${few(pci)}` : '',
    pciClass.length > 0 ? `PCI class ${few(pciClass)}` : '',
  ]
  return kinds.filter((kind) => kind !== '').join('; ')
}

it('docs/known-devices.md lists all blocks, by what they are found, and their sources', async () => {
  const rows = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.split('|').map((cell) => cell.trim()))
  const expected = (await libraryBlocks()).map(({ name, description, source, matches }) => [
    ...['', `\`${name}\``, description, foundBy(matches)],
    ...[source, ''],
  ])
  expect(rows).toEqual(expected)
})
