import { closeSync, constants } from 'node:fs'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { type PhysmemError, RefusedError, RequestError } from '../base/errors.ts'
import type { Refusal } from '../refusal/refusal.ts'
import { openNode } from './open-node.ts'
import type { Mode } from './source.ts'

/** What the system answers to `open`, which a test cannot make it do. */
const system = vi.hoisted(() => ({ errno: undefined as string | undefined, flags: 0 }))

vi.mock('node:fs', async (importActual) => {
  const fs = await importActual<typeof import('node:fs')>()
  const openSync: typeof fs.openSync = (path, flags) => {
    system.flags = Number(flags)
    if (system.errno === undefined) return fs.openSync(path, flags)
    throw Object.assign(new Error(system.errno), { code: system.errno })
  }
  return { ...fs, openSync }
})

beforeEach(() => {
  system.errno = undefined
})

function refused(
  errno: string,
  mode: Mode = 'read',
  ...explain: [explain?: (errno: string) => Refusal | undefined]
): PhysmemError {
  system.errno = errno
  try {
    openNode('/dev/thing', mode, ...explain)
  } catch (error) {
    return error as PhysmemError
  }
  throw new Error('it was opened')
}

describe('openNode', () => {
  it('opens with O_SYNC, for reading only unless it is to be written', () => {
    const { fd, status } = openNode('/dev/null', 'read')
    closeSync(fd)
    expect(status.isCharacterDevice()).toBe(true)
    expect(system.flags).toBe(constants.O_RDONLY | constants.O_SYNC)
    closeSync(openNode('/dev/null', 'write').fd)
    expect(system.flags).toBe(constants.O_RDWR | constants.O_SYNC)
  })

  it.each([
    ['ENOENT', 'ENOPLACE', 'there is no such file'],
    ['ENOTDIR', 'ENOPLACE', 'there is no such file'],
    ['EISDIR', 'ENOPLACE', 'it is a directory'],
    ['ENXIO', 'ENOPLACE', 'there is no device behind this node (ENXIO)'],
    [
      'EACCES',
      'EPERMISSION',
      'its permissions do not allow it (EACCES)',
      'run it as root, or change the permissions',
    ],
    ['EPERM', 'EPERMISSION', 'the kernel does not permit it (EPERM)'],
    ['EROFS', 'EPERMISSION', 'its file system is mounted read-only (EROFS)'],
    ['EMFILE', 'EOPEN', 'EMFILE'],
  ])('explains %s', (errno, code, reason, cure?: string) => {
    const error = refused(errno)
    expect(error.message).toBe(`/dev/thing cannot be opened for reading: ${reason}`)
    expect(error.code).toBe(code)
    expect(error).toBeInstanceOf(code === 'ENOPLACE' ? RequestError : RefusedError)
    expect(error.data).toMatchObject({ place: 'file:/dev/thing', errno, ...(cure ? { cure } : {}) })
    expect(error.cause).toMatchObject({ code: errno })
  })

  it('lets the kind of memory know better, and passes its cure on', () => {
    const explain = (errno: string): Refusal | undefined =>
      errno === 'EPERM'
        ? { code: 'EREFUSED_LOCKDOWN', reason: 'it is locked', cure: 'unlock it' }
        : undefined
    const known = refused('EPERM', 'write', explain)
    expect(known.message).toBe('/dev/thing cannot be opened for writing: it is locked')
    expect(known.code).toBe('EREFUSED_LOCKDOWN')
    expect(known.data).toMatchObject({
      place: 'file:/dev/thing',
      errno: 'EPERM',
      cure: 'unlock it',
    })
    const other = refused('EACCES', 'write', explain)
    expect(other.code).toBe('EPERMISSION')
  })
})
