/**
 * Several steps as one program: the engine runs them beside the memory, without returning to
 * JavaScript in between. What was done before a step that failed is never lost.
 */
import { AccessError, open, Program } from 'physmem'

const SCRATCH = 0x1000_0008
const BROKEN = 0x1000_003c // every access to it is a bus error
const RAM = 0x4000_0000

const hex = (value: number | bigint) => `0x${value.toString(16)}`

await using memory = await open('sim:')

const results = await memory.run(
  new Program([
    { op: 'write', address: SCRATCH, width: 32, value: 0x1234 },
    { op: 'update', address: SCRATCH, width: 32, mask: 0xff, value: 0x56 },
    { op: 'fence' },
    { op: 'read', address: SCRATCH, width: 32 },
    { op: 'fill', address: RAM, width: 8, count: 4, value: 0xa5 },
    { op: 'readBlock', address: RAM, width: 8, count: 6 },
  ]),
)
console.log(`updated ${hex(results.value(1))} to ${hex(results.written(1))}`)
console.log(`read ${hex(results.value(3))}`)
console.log(`bytes ${Buffer.from(results.bytes(5)).toString('hex')}`)

try {
  await memory.run(
    new Program([
      { op: 'read', address: SCRATCH, width: 32 },
      { op: 'read', address: BROKEN, width: 32 },
      { op: 'write', address: SCRATCH, width: 32, value: 0 },
    ]),
  )
} catch (error) {
  if (!(error instanceof AccessError)) throw error
  console.log(error.message)
  console.log(
    `done before: ${error.results?.done} step, which read ${hex(error.results?.value(0) ?? 0)}`,
  )
}
console.log(`not written: ${hex(await memory.read32(SCRATCH))}`)
