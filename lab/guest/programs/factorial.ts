/**
 * Run in a guest: lets the edu device compute 0! to 12!, by a program that runs beside the memory
 * and by a window. Its BAR is given; prints both lists as JSON.
 */
import { mapWindow, open, Program } from '../../../src/index.ts'

// docs/specs/edu.rst of QEMU.
const FACTORIAL = 0x08
const STATUS = 0x20
const COMPUTING = 1

const place = process.argv[2] ?? ''
const numbers = Array.from({ length: 13 }, (_, n) => n)

const byProgram: number[] = []
{
  await using memory = await open(place)
  for (const value of numbers) {
    const results = await memory.run(
      new Program([
        { op: 'write', address: FACTORIAL, width: 32, value },
        { op: 'wait', address: STATUS, width: 32, mask: COMPUTING, equals: 0, timeoutMs: 5000 },
        { op: 'read', address: FACTORIAL, width: 32 },
      ]),
    )
    byProgram.push(Number(results.value(2)))
  }
}

using card = await mapWindow({ place, length: 0x100 })
const byWindow = numbers.map((value) => {
  card.write32(FACTORIAL, value)
  card.wait32(STATUS, { mask: COMPUTING, equals: 0, timeoutMs: 5000 })
  return card.read32(FACTORIAL)
})

console.log(JSON.stringify({ byProgram, byWindow }))
