/** Names that a device, a driver or the author of a file chose: a terminal must not act on them. */
import { afterAll, describe, expect, it } from 'vitest'
import { blobOf } from '../../../linux/device-tree/testing/builder.ts'
import { FakeRoot } from '../../../linux/testing/fake-root.ts'
import { run } from '../../testing/run.ts'

const evil = '\x1b]0;owned\x07\x1b[2J\u202e'
const shown = '\\u{1b}]0;owned\\u{7}\\u{1b}[2J\\u{202e}'
const root = new FakeRoot()
  .put('proc/iomem', `00001000-00001fff : iomem${evil}\n00005000-00005fff : known\n`)
  .put('proc/ioports', `0060-0060 : port${evil}\n`)
  .pci('0000:00:04.0', '0x3000 0x3fff 0x200')
  .link('sys/bus/pci/devices/0000:00:04.0/driver', `../../../bus/pci/drivers/driver${evil}`)
  .uio(0, `uio${evil}`)
  .uioMap(0, 0, { name: `map${evil}`, addr: '0x7000', size: '0x1000', offset: '0x0' })
const node = {
  reg: [0x1000, 0x1000],
  'reg-names': `reg${evil}`,
  compatible: `compatible${evil}`,
}
const tree = { 'uart@1000': node, 'bad@0': { reg: [1] }, aliases: { serial0: '/uart@1000' } }
root.put('evil.dtb', blobOf(tree))
const file = root.at('evil.dtb')
afterAll(() => root[Symbol.dispose]())

describe('names that a terminal would act on', () => {
  it.each([
    ['map', 'iomem', 'port', 'driver'],
    ['map -q', 'iomem', 'port', 'driver'],
    ['map 0x1004', 'iomem'],
    ['map 0x1004 -q'],
    ['map 0x3004', 'driver'],
    ['map 0x2004', 'iomem'],
    ['map 0x7004', 'uio'],
    ['map port:0x60', 'port'],
    ['list', 'port', 'driver'],
    ['list -q'],
    [`map dtb:${file}`],
    [`map dtb:${file} 0x1004`, 'compatible'],
    [`list dtb:${file}`, 'reg', 'compatible'],
    ['doctor 0x1000', 'iomem'],
    ['doctor pci:0000:00:04.0/bar0', 'driver'],
    ['doctor', 'uio'],
    ['__complete -- read pci:', 'driver'],
    ['__complete -- read iomem:'],
    ['__complete -- read uio:'],
    ['__complete -- read port:', 'port'],
    [`__complete -- read dtb:${file}:`, 'compatible'],
  ])('are shown harmless: %s', async (line, ...names) => {
    const { out, err } = await run(line, { root: root.path })
    expect(out).not.toBe('')
    // The tab is the one between a completion and its description.
    expect(out + err).not.toMatch(/(?!\n|\t)[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u)
    for (const name of names) expect(out).toContain(`${name}${shown}`)
  })
})
