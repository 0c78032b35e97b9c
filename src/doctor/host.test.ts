import { expect, it } from 'vitest'
import { systemAt } from '../engine/system-at.ts'
import { FakeRoot } from '../linux/testing/fake-root.ts'
import { readHost } from './host.ts'

const said = (root: string, cpu: string) =>
  readHost(systemAt(root, cpu)).words.map(({ text, known, effect }) => `${known} ${text} ${effect}`)

it('tells words that this CPU does not have', () => {
  using root = new FakeRoot().put('proc/cmdline', 'nopat memmap=1M$16M iomem=relaxed iommu=off\n')
  const none = 'does nothing on this CPU (arm64): it is a word of x86'
  const relaxed =
    'true iomem=relaxed lets /dev/mem and BARs be mapped where a driver claims them; never RAM'
  expect(said(root.path, 'arm64')).toEqual([
    `false nopat ${none}`,
    `false memmap=1M$16M ${none}`,
    relaxed,
    `false iommu=off ${none}`,
  ])
  expect(said(root.path, 'x64')).toEqual([
    'true nopat turns the page attribute table off; matters only without CONFIG_STRICT_DEVMEM',
    'true memmap=1M$16M says what memory is: N$START reserves it, N!START makes it persistent memory',
    relaxed,
    'true iommu=off settings of the IOMMU: behind one, devices use other addresses than the CPU',
  ])
})
