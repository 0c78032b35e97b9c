/** Starts some work, waits for its end, and gives up in time where it does not come. */
import { ConditionError, open } from 'physmem'

const STATUS = 0x1000_000c // bit 1: done
const INT_STATUS = 0x1000_0010 // bit 0: the work is done; written as 1 it is cleared
const CONTROL = 0x1000_0020 // bits 6:4: mode; bit 7: start, which reads as 1 as long as it works
const START = 1 << 7
const MODE = 0b111 << 4

await using memory = await open('sim:')

// One load and one store: only the bits of the mask change.
const { old, written } = await memory.update(CONTROL, 32, MODE | START, (3 << 4) | START)
console.log(`control was 0x${old.toString(16)}, is 0x${written.toString(16)}`)

const { value } = await memory.wait(CONTROL, 32, { mask: START, equals: 0, timeoutMs: 1000 })
console.log(`control is 0x${value.toString(16)}`)

console.log(`interrupts 0x${(await memory.read32(INT_STATUS)).toString(16)}`)
await memory.write32(INT_STATUS, 1)

try {
  await memory.wait(INT_STATUS, 32, { mask: 1, equals: 1, timeoutMs: 20 })
} catch (error) {
  if (!(error instanceof ConditionError)) throw error
  console.log(`${error.code}: ${error.message}`)
}

// A signal ends a wait before its time.
const signal = AbortSignal.timeout(20)
const stopped = await memory
  .wait(STATUS, 32, { mask: 2, equals: 0, timeoutMs: 60_000, intervalUs: 100, signal })
  .catch((error: ConditionError) => error.code)
console.log(stopped)
