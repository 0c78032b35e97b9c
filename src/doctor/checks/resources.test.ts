import { expect, it } from 'vitest'
import { run } from '../../cli/testing/run.ts'
import { FakeRoot } from '../../linux/testing/fake-root.ts'

it.each([
  ['00001000-00001fff : System RAM\n', '1 resource'],
  ['00001000-00001fff : System RAM\n00002000-00002fff : Reserved\n', '2 resources'],
])('says how many resources there are', async (iomem, count) => {
  using root = new FakeRoot().put('proc/iomem', iomem)
  const { out } = await run('doctor', { root: root.path })
  expect(out).toMatch(new RegExp(`addresses in /proc/iomem +works: ${count}\n`))
})
