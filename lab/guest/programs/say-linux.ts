/**
 * Run in a guest: prints as JSON what physmem/linux says of it, and what becomes of the page table
 * entry of an own page when its frame is declared broken.
 */
import { closeSync, openSync, readSync, writeFileSync } from 'node:fs'
import { loadAddon } from '../../../src/engine/addon.ts'
import * as linux from '../../../src/linux/index.ts'

const addon = loadAddon()
const types = linux.readSpecialTypes()

function entryOf(address: bigint): linux.PageEntry {
  const words = new Uint32Array(2)
  const fd = openSync('/proc/self/pagemap', 'r')
  readSync(fd, words, 0, 8, (address / BigInt(addon.pageSize)) * 8n)
  closeSync(fd)
  const [low = 0, high = 0] = words
  return linux.decodePage(low, high, types)
}

function breakAFrame(): object {
  const page = addon.ownPage()
  page.write32(0, 1)
  const before = entryOf(page.address)
  if (before.kind !== 'present') return { before }
  const names = () =>
    linux.readPageFlags([before.frame]).map((flags) => linux.pageFlagNames(flags ?? 0n))[0]
  const [flags, count] = [names(), Number(linux.readPageCount([before.frame])[0])]
  const physical = `0x${(before.frame * addon.pageSize).toString(16)}`
  writeFileSync('/sys/devices/system/memory/hard_offline_page', physical)
  return { before, flags, count, after: entryOf(page.address), broken: names() }
}

const text = JSON.stringify({
  functions: linux.listPci().map((address) => linux.readPciFunction(address)),
  ram: linux.readIomem().filter(({ name }) => name === 'System RAM'),
  blocks: linux.readNumaBlocks()?.nodes.size,
  types,
  frame: breakAFrame(),
})
process.stdout.write(text)
