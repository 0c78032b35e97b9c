/**
 * Run in a guest: how long the engine's blocks of 64-bit accesses take over a stretch of physical
 * memory that /dev/physmem maps with a caching, and over as much of a file in memory, in turn.
 * Arguments: caching, `read` or `write`, address, bytes, rounds, and the file. Prints milliseconds:
 * ours, theirs, ours, …
 */

import { openSync } from 'node:fs'
import { loadAddon, type NativeWindow } from '../../../src/engine/addon.ts'
import { systemAt } from '../../../src/engine/system-at.ts'
import type { MapCaching } from '../../../src/kmod/client/ioctl.ts'
import { openKmod } from '../../../src/ways/kmod.ts'

const [caching, direction, address = '', bytes = '', rounds = '', file = ''] = process.argv.slice(2)
const length = Number(bytes)
const { windowMap } = loadAddon()
const { fd } = openKmod('write', systemAt(), { caching: caching as MapCaching })
// Without an object for each block, whose collection would be timed as well.
const map = (from: number, offset: number) =>
  windowMap(from, offset, length, true, new Uint32Array(3))
const ours = map(fd, Number(address))
const theirs = map(openSync(file, 'r+'), 0)
const block = new Uint8Array(1 << 20)
const PASSES = 4

function time(window: NativeWindow): number {
  const start = performance.now()
  for (let at = 0; at < length * PASSES; at += block.length) {
    if (direction === 'write') window.writeBlock(at % length, 8, false, block)
    else window.readBlock(at % length, 8, false, block)
  }
  return (performance.now() - start) / PASSES
}

for (let round = -1; round < Number(rounds); round++) {
  const times = [time(ours), time(theirs)]
  if (round >= 0) console.log(times.join('\n')) // The first only fetches what is not there yet.
}
