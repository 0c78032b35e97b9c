import { expect, it } from 'vitest'
import { findOpeners } from './open-files.ts'
import { FakeRoot } from './testing/fake-root.ts'

it('finds the processes that have a file open', () => {
  using root = new FakeRoot()
  const stat = (pid: number, name: string) =>
    root.put(`proc/${pid}/stat`, `${pid} (${name}) S 1 1 1 0 -1 0 0\n`)
  stat(20, 'b').link('proc/20/fd/0', '/dev/null').link('proc/20/fd/3', '/dev/uio0')
  stat(3, 'a').link('proc/3/fd/1', '/dev/uio01')
  stat(4, 'closed')
  stat(5, 'c').link('proc/5/fd/7', 'anon_inode:[eventfd]').put('proc/5/fd/8', 'no link')
  const wanted = ['/dev/uio0', 'anon_inode:[eventfd]']
  const found = findOpeners((file) => wanted.includes(file), root.files)
  expect(found.map(({ pid, name, file }) => [pid, name, file])).toEqual([
    [5, 'c', 'anon_inode:[eventfd]'],
    [20, 'b', '/dev/uio0'],
  ])
})
