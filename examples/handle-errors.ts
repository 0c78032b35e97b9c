/** What can go wrong, told apart by class and code; `data` holds what a program needs to react. */
import {
  AccessError,
  ConditionError,
  open,
  PhysmemError,
  RefusedError,
  RequestError,
} from 'physmem'

async function attempt(work: () => Promise<unknown>): Promise<void> {
  try {
    console.log(await work())
  } catch (error) {
    if (!(error instanceof PhysmemError)) throw error // a bug, not an answer
    console.log(`${kind(error)} ${error.code}: ${error.message}`)
    if (error.data.cure !== undefined) console.log(`  cure: ${error.data.cure}`)
  }
}

function kind(error: PhysmemError): string {
  if (error instanceof RequestError) return 'the request is wrong, nothing was touched:'
  if (error instanceof RefusedError) return 'the system refuses:'
  if (error instanceof AccessError) return `the ${error.data.direction} failed:`
  if (error instanceof ConditionError) return 'it did not come true:'
  return 'another error:'
}

const board = await open('sim:')
await attempt(() => board.read32(0x1000_0002))
await attempt(() => board.write8(0x1000_0000, 256))
await attempt(() => open('pci:00:04.0/bar9'))
await attempt(() => open('file:/nowhere'))
await attempt(() => board.read32(0x1000_003c))
await attempt(() => board.wait(0x1000_0000, 32, { equals: 0, timeoutMs: 5 }))
await attempt(() => board.readBlock(0x400f_fff8, 32, 4))
await board.close()
await attempt(() => board.read32(0x1000_0000))
