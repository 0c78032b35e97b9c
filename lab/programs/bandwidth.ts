/**
 * Run in a guest: how long blocks of 64-bit accesses take over a stretch of physical memory that
 * /dev/physmem maps with a caching, and over as much of a file in memory, in turn. Arguments: caching,
 * `read` or `write`, address, bytes, rounds, and the file. Prints milliseconds: ours, theirs, ours, …
 */
import { openFile } from '../../src/memory/local/file.ts'
import type { MapCaching } from '../../src/memory/local/kmod/ioctl.ts'
import { openKmod } from '../../src/memory/local/kmod.ts'
import { mapSource } from '../../src/memory/local/map-window.ts'
import type { Window } from '../../src/memory/local/window.ts'

const [caching, direction, ...rest] = process.argv.slice(2)
const [address = 0, length = 0, rounds = 0] = rest.map(Number)
const source = openKmod('write', '/', { caching: caching as MapCaching })
using ours = mapSource(source, { address, length })
using theirs = mapSource(openFile(rest[3] ?? '', 'write'), { address: 0, length })
const block = new Uint8Array(1 << 16)

function pass(window: Window): number {
  const start = performance.now()
  for (let at = 0; at < length; at += block.length) {
    if (direction === 'write') window.writeBlock(at, 64, block)
    else window.readBlock(at, 64, block.length / 8)
  }
  return performance.now() - start
}

for (let round = -1; round < rounds; round++) {
  const times = [pass(ours), pass(theirs)]
  if (round >= 0) console.log(times.join('\n')) // The first only fetches what is not there yet.
}
