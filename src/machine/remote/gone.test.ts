import { expect, it } from 'vitest'
import type { FileOpener } from '../../engine/access-file.ts'
import type { FileStatus } from '../../linux/files.ts'
import { tellingGone } from './gone.ts'

/** A file that fails with an errno, now or later. */
function failing(code: string, comesLater: boolean): FileOpener {
  const fail = () => {
    const error = Object.assign(new Error(code), { code })
    if (comesLater) return Promise.reject(error)
    throw error
  }
  return {
    look: () => expect.unreachable(),
    openFile: async (path) => {
      if (path === 'none') return { path, errno: 'ENODEV' }
      return { path, status: {} as FileStatus, read: fail, write: fail, close: () => {} }
    },
  }
}

it.each([
  ['ENODEV', false, 2],
  ['EIO', true, 2],
  ['EINVAL', true, 0],
  ['ECONNECTION', true, 0],
])('tells of %s, and throws it all the same', async (code, comesLater, times) => {
  let told = 0
  const files = tellingGone(failing(code, comesLater), () => {
    told += 1
  })
  const file = await files.openFile('some', 'write')
  if ('errno' in file) return expect.unreachable()
  const bytes = new Uint8Array(4)
  for (const access of [() => file.read(bytes, 0), () => file.write(bytes, 0)]) {
    await expect((async () => await access())()).rejects.toMatchObject({ code })
  }
  expect(told).toBe(times)
  // One that does not open is opened anew anyway.
  expect(await files.openFile('none', 'read')).toEqual({ path: 'none', errno: 'ENODEV' })
  expect(told).toBe(times)
})
