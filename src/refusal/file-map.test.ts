import { describe, expect, it } from 'vitest'
import { explainFileMap, explainFromStart } from './file-map.ts'

describe('why a file or device node cannot be mapped', () => {
  it.each([
    ['ENODEV', 'EREFUSED', 'its driver or file system does not support mmap (ENODEV)'],
    ['EACCES', 'EPERMISSION', 'it was not opened for this (EACCES)'],
    ['EPERM', 'EREFUSED', 'the kernel does not permit it (EPERM)'],
    ['EINVAL', 'EREFUSED', 'the driver has no memory at this offset (EINVAL)'],
    ['EOVERFLOW', 'EREFUSED', 'the driver has no memory at this offset (EOVERFLOW)'],
    ['ENXIO', 'EREFUSED', 'the driver has no memory at this offset (ENXIO)'],
    ['EIO', 'EREFUSED', 'mmap failed with EIO'],
  ])('%s', (errno, code, reason) => {
    expect(explainFileMap(errno, false)).toEqual({ code, reason })
  })

  it('is what /proc answers for a text', () => {
    const reason = 'a file of /proc is generated when it is read, and is not memory (EIO)'
    expect(explainFileMap('EIO', true)).toEqual({ code: 'EREFUSED', reason })
    expect(explainFileMap('EPERM', true)).toEqual(explainFileMap('EPERM', false))
  })
})

describe('why a node of an unknown driver cannot be mapped from its start', () => {
  it.each(['EINVAL', 'ENXIO', 'EOVERFLOW'])('%s', (errno) => {
    const reason = `its driver does not map as much (${errno})`
    expect(explainFromStart(errno)).toEqual({ code: 'EREFUSED', reason })
  })

  it('is told by its errno otherwise', () => {
    expect(explainFromStart('EPERM')).toBeUndefined()
  })
})
