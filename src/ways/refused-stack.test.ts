import { expect, it } from 'vitest'
import { FakeRoot } from '../linux/testing/fake-root.ts'
import { openPhysical } from './physical.ts'

it('each refused access has its caller in its stack, and not who opened the memory', async () => {
  using root = new FakeRoot()
  await using memory = openPhysical('write', root.system)
  async function theReader() {
    return await memory.read32(0x1000)
  }
  async function theWriter() {
    return await memory.write32(0x1000, 1)
  }
  const stackOf = (act: () => Promise<unknown>) =>
    act().then(
      () => '',
      (error: Error) => error.stack ?? '',
    )
  expect(await stackOf(theReader)).toContain('theReader')
  expect(await stackOf(theWriter)).toContain('theWriter')
})
