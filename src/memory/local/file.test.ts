import { execFileSync } from 'node:child_process'
import { createServer } from 'node:net'
import { afterAll, describe, expect, it } from 'vitest'
import { type PhysmemError, RequestError } from '../../errors.ts'
import { FakeRoot } from '../../linux/testing/fake-root.ts'
import { openFile } from './file.ts'
import { MappedMemory } from './mapped.ts'

const root = new FakeRoot().put('some.bin', Uint8Array.of(1, 2, 3, 4, 5)).folder('folder')
afterAll(() => root[Symbol.dispose]())

function refused(path: string): PhysmemError {
  try {
    openFile(path, 'read')
  } catch (error) {
    return error as PhysmemError
  }
  throw new Error('it was opened')
}

describe('openFile', () => {
  it('has the length of a regular file', async () => {
    const path = root.at('some.bin')
    const source = openFile(path, 'read')
    expect(source).toMatchObject({ name: path, mode: 'read', base: 0, length: 5 })
    await using memory = new MappedMemory(source)
    expect(await memory.read32(0)).toBe(0x04030201)
    await expect(memory.read32(4)).rejects.toThrow(
      `0x4 to 0x7 is not inside ${path}: expected 0x0 to 0x4`,
    )
  })

  it('does not know the length of a device node', async () => {
    const source = openFile('/dev/zero', 'read')
    expect(source).toMatchObject({ length: undefined, regularFile: false })
    await using memory = new MappedMemory(source)
    expect(await memory.read64(0x10_0000)).toBe(0n)
  })

  it('refuses a directory, a pipe and a socket, and what is not there', async () => {
    const pipe = root.at('pipe')
    execFileSync('mkfifo', [pipe])
    const socket = root.at('socket')
    const server = createServer().listen(socket)
    await new Promise((resolve) => server.once('listening', resolve))
    const expected = [
      [root.at('folder'), 'is a directory: expected a file or a device node'],
      [pipe, 'is a pipe or a socket: it cannot be mapped'],
      [socket, 'is a pipe or a socket: it cannot be mapped'],
      [root.at('none'), 'cannot be opened for reading: there is no such file'],
      [root.at('some.bin/none'), 'cannot be opened for reading: there is no such file'],
    ] as const
    for (const [path, what] of expected) {
      const error = refused(path)
      expect(error).toBeInstanceOf(RequestError)
      expect([error.code, error.message, error.data.place]).toEqual([
        'ENOPLACE',
        `${path} ${what}`,
        path,
      ])
    }
    server.close()
  })

  it('explains what cannot be mapped', async () => {
    await using memory = new MappedMemory(openFile('/dev/null', 'read'))
    const error = await memory.read8(0).catch((reason: unknown) => reason as PhysmemError)
    expect(error).toMatchObject({
      code: 'EREFUSED',
      message:
        '0x0 (/dev/null) cannot be mapped: its driver or file system does not support mmap (ENODEV)',
      data: { errno: 'ENODEV', address: 0 },
    })
  })

  it.each([
    ['EACCES', 'EPERMISSION', 'it was not opened for this (EACCES)'],
    ['EPERM', 'EREFUSED', 'the kernel does not permit it (EPERM)'],
    ['EINVAL', 'EREFUSED', 'the driver has no memory at this offset (EINVAL)'],
    ['ENXIO', 'EREFUSED', 'the driver has no memory at this offset (ENXIO)'],
    ['EOVERFLOW', 'EREFUSED', 'the driver has no memory at this offset (EOVERFLOW)'],
    ['EAGAIN', 'EREFUSED', 'mmap failed with EAGAIN'],
  ])('explains %s', (errno, code, reason) => {
    const source = openFile(root.at('some.bin'), 'read')
    source.close()
    expect(source.explain(errno, 0)).toEqual({ code, reason })
  })
})
