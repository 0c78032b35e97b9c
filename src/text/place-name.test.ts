import { expect, it } from 'vitest'
import { parsePlace } from '../place/index.ts'
import { filePlaceName, pciPlaceName } from './place-name.ts'

it.each(['nofile', '.', './a.bin', 'a+1', 'a:5', 'a..5', 'a='])('names the file %s', (path) => {
  expect(parsePlace(filePlaceName(path))).toEqual({ scheme: 'file', path, offset: 0 })
})

it('names a PCI function', () => {
  expect(pciPlaceName('0000:00:1f.7')).toBe('pci:0000:00:1f.7')
})
