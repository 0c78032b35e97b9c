import { describe, it } from 'vitest'
import { type ContractSubject, contract } from './contract/index.ts'
import { ReadOnlyMemory } from './read-only.ts'
import { openSim } from './sim/open.ts'

describe('the contract, on the RAM of the simulated board', async () => {
  const memory = await openSim()
  const subject: ContractSubject = {
    memory,
    reading: new ReadOnlyMemory(memory),
    base: 0x400f_0000,
    length: 0x1_0000,
    widths: [8, 16, 32, 64],
    faultAddress: 0x4010_0000,
  }
  for (const { name, skip, check } of contract) {
    it(name, async (context) => {
      const reason = skip?.(subject)
      if (reason !== undefined) context.skip(reason)
      await check(subject)
    })
  }
})
