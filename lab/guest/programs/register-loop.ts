/**
 * Run in a guest: the loop of lab/guest/register-loop.c by a window. The place of the BAR, the
 * rounds and the turns of each are given.
 */
import { mapWindow } from '../../../src/index.ts'

const LIVENESS = 0x04

const [place = '', rounds = '', turns = ''] = process.argv.slice(2)
using card = await mapWindow({ place, length: 0x1000 })

function round(count: number): number {
  const start = process.hrtime.bigint()
  for (let turn = 0; turn < count; turn++) card.write32(LIVENESS, card.read32(LIVENESS) ^ (1 << 5))
  return Number(process.hrtime.bigint() - start) / count
}

for (let warm = 0; warm < 3; warm++) round(Number(turns))
const taken = Array.from({ length: Number(rounds) }, () => round(Number(turns)))
taken.sort((a, b) => a - b)
console.log(taken[taken.length >> 1]?.toFixed(1))
