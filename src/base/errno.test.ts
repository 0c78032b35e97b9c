import { expect, it } from 'vitest'
import { errnoName } from './errno.ts'

it.each([
  [1, 'EPERM'],
  [11, 'EAGAIN'],
  [95, 'ENOTSUP'],
  // What libuv has no name for.
  [8, 'ENOEXEC'],
  [129, 'EKEYREJECTED'],
  [4000, 'errno 4000'],
  [0, 'errno 0'],
])('the name of errno %d is %s', (errno, name) => {
  expect(errnoName(errno)).toBe(name)
})
