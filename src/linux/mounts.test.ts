import { realpathSync, statSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { deviceName } from './device-name.ts'
import { positionOf } from './mounts.ts'
import { FakeRoot } from './testing/fake-root.ts'

const file = 'devices/pci0000:00/0000:00:04.0/resource0'

function positionIn(root: FakeRoot, path: string) {
  const real = realpathSync(root.at(path))
  return positionOf(real, deviceName(statSync(real).dev), root.files)
}

describe('positionOf', () => {
  it('is the same through a symbolic link, a second mount and a bind mount of the file alone', () => {
    using root = new FakeRoot()
      .put(`sys/${file}`, '')
      .put(`mnt/a folder/${file}`, '')
      .put('bar0', '')
      .link('link', `sys/${file}`)
    root.mount('sysfs', 'sys').mount('sysfs', 'mnt/a folder').mount('sysfs', 'bar0', `/${file}`)
    for (const path of [`sys/${file}`, 'link', `mnt/a folder/${file}`, 'bar0']) {
      expect(positionIn(root, path)).toEqual({ type: 'sysfs', path: `/${file}` })
    }
  })

  it('takes the innermost mount, and of two at one point the later one', () => {
    using root = new FakeRoot().put('sys/kernel/debug/x', '')
    root
      .mount('sysfs', 'sys')
      .mount('tracefs', 'sys/kernel/debug')
      .mount('debugfs', 'sys/kernel/debug')
    expect(positionIn(root, 'sys/kernel/debug/x')).toEqual({ type: 'debugfs', path: '/x' })
    expect(positionIn(root, 'sys/kernel')).toEqual({ type: 'sysfs', path: '/kernel' })
  })

  it('says what file system it is when no mount leads to the file', () => {
    using root = new FakeRoot().folder('sys').put('elsewhere/resource0', '')
    root.mount('sysfs', 'sys')
    expect(positionIn(root, 'elsewhere/resource0')).toEqual({ type: 'sysfs', path: undefined })
  })

  it('is not told without a path', () => {
    using root = new FakeRoot().folder('sys')
    root.mount('sysfs', 'sys')
    const number = deviceName(statSync(root.at('sys')).dev)
    expect(positionOf(undefined, number, root.files)).toEqual({ type: 'sysfs', path: undefined })
  })

  it('knows nothing without mountinfo, and of a file system that is not in it', () => {
    using root = new FakeRoot().put('file', '')
    expect(positionIn(root, 'file')).toBeUndefined()
    root.put('proc/self/mountinfo', '1 0 7:777 / / rw - ext4 ext4 rw\ngarbage\n\n - \n')
    expect(positionIn(root, 'file')).toBeUndefined()
  })

  it('finds the sysfs of this machine', () => {
    const number = deviceName(statSync('/sys').dev)
    expect(positionOf('/sys/kernel/mm', number)).toEqual({ type: 'sysfs', path: '/kernel/mm' })
  })
})

describe('deviceName', () => {
  it('is that of /dev/zero', () => {
    expect(deviceName(statSync('/dev/zero').rdev)).toBe('1:5')
  })

  it('has 12 bits of major and 20 of minor', () => {
    const [major, minor] = [fc.nat(0xfff), fc.nat(0xfffff)]
    fc.assert(
      fc.property(major, minor, (one, other) => {
        const low = BigInt((other & 0xff) | (one << 8)) | (BigInt(other >> 8) << 20n)
        expect(deviceName(Number(low))).toBe(`${one}:${other}`)
      }),
    )
  })
})
