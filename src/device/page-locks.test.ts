import { readdirSync, symlinkSync, unlinkSync } from 'node:fs'
import { expect, it } from 'vitest'
import { TestFolder } from '../cli/testing/files.ts'
import { FakeRoot } from '../linux/testing/fake-root.ts'
import { LocalMachine } from '../machine/local/machine.ts'
import { parsePlace } from '../place/place.ts'
import { withPageLocks } from './page-locks.ts'

const FUNCTION = '0000:00:05.0'
const FOLDER = `sys/bus/pci/devices/${FUNCTION}`
const folder = new TestFolder()

/** A machine with a card that has a BAR of 8 KiB at 0xfe800000. */
const machine = () =>
  new FakeRoot()
    .folder('run/lock')
    .pci(FUNCTION, '0x00000000fe800000 0x00000000fe801fff 0x0000000000040200')
    .put(`${FOLDER}/resource0`, new Uint8Array(8192))
    .mount('sysfs', 'sys')

it.each([
  ['0xfe801010', ['fe801000']],
  [`pci:${FUNCTION}/bar0+0x1010`, ['fe801000']],
  ['port:0x70', ['port-0']],
  // It has no address.
  [`pci:${FUNCTION}/config+4`, ['pci_0000_00_05.0_config']],
  // Nobody else's.
  [`file:${folder.file('ram.bin', 'abcd')}`, []],
])('%s: %j', async (place, keys) => {
  using root = machine()
  const options = { system: root.system }
  const held = await withPageLocks([parsePlace(place)], options, async () =>
    readdirSync(root.at('run/lock')),
  )
  expect(held).toEqual(keys.map((key) => `physmem-${key}.lock`))
})

it('are of one page whatever a card is called', async () => {
  using root = machine()
  const places = [`pci:${FUNCTION}/bar0`, `file:${root.at(`${FOLDER}/resource0`)}`, '0xfe800ff0']
  await withPageLocks(
    places.map((one) => parsePlace(one)),
    { system: root.system },
    async () => {},
  )
  expect(readdirSync(root.at('run/lock'))).toEqual(['physmem-fe800000.lock'])
})

it('are those of the file that a path leads to by then', async () => {
  using root = machine()
  const { system } = root
  const link = `${folder.path}/link`
  const place = parsePlace(`file:${link}`)
  await using opened = new LocalMachine({ system })
  // A line opens its places, and then takes the locks.
  const held = async () => {
    await opened.locate(place)
    return await withPageLocks([place], { system }, async () => readdirSync(root.at('run/lock')))
  }
  symlinkSync(root.put('srv/other.bin', 'abcd').mount('ext4', 'srv').at('srv/other.bin'), link)
  expect(await held()).toEqual([])
  unlinkSync(link)
  symlinkSync(root.at(`${FOLDER}/resource0`), link)
  expect(await held()).toEqual(['physmem-fe800000.lock'])
})
