import { type Stats, statSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { FakeRoot } from '../linux/testing/fake-root.ts'
import { nodeKind } from './node-kind.ts'

/** The status of a node, which an ordinary user cannot make. */
function node(type: 'character' | 'block', major: number, minor: number): Stats {
  return Object.assign(Object.create(statSync('/')) as Stats, {
    isCharacterDevice: () => type === 'character',
    isBlockDevice: () => type === 'block',
    rdev: (major << 8) | minor,
  })
}

/** What is refused because it may be a BAR. */
function hidden(name: string) {
  return {
    kind: 'other',
    owner: 'hidden',
    device: { subsystem: undefined, name, parent: undefined },
  }
}

/** A character device as sysfs has it. */
function charDevice(root: FakeRoot, number: string, subsystem: string, name: string, parent = '') {
  const folder = `sys/devices/${parent === '' ? 'virtual' : `pci0000:00/${parent}`}/${subsystem}/${name}`
  root.folder(folder).link(`sys/dev/char/${number}`, root.at(folder))
  root.link(`${folder}/subsystem`, `../../class/${subsystem}`)
  if (parent !== '') root.link(`${folder}/device`, `../../../${parent}`)
  return root
}

describe('the kind of a node', () => {
  it.each([
    ['/dev/mem', node('character', 1, 1)],
    ['/dev/zero', node('character', 1, 5)],
    ['/dev/vda', node('block', 254, 0)],
  ])('is bytes: %s, whatever it is called', (_, status) => {
    using root = new FakeRoot()
    expect(nodeKind('/some/name', status, root.files)).toEqual({ kind: 'bytes' })
  })

  it.each([
    ['dax', 'dax0.0'],
    ['u-dma-buf', 'image_buf0'],
    ['udmabuf', 'udmabuf0'],
    ['misc', 'physmem'],
  ])('is bytes: the class %s has %s', (subsystem, name) => {
    using root = charDevice(new FakeRoot(), '240:3', subsystem, name)
    expect(nodeKind('/some/name', node('character', 240, 3), root.files)).toEqual({
      kind: 'bytes',
    })
  })

  it.each([
    ['uio', 'uio0', 'uio', '0000:00:04.0'],
    ['vfio', '12', 'vfio', undefined],
    ['vfio-dev', 'vfio0', 'vfio', '0000:00:05.0'],
    ['misc', 'vfio', 'vfio', undefined],
    ['drm', 'card0', 'drm', '0000:00:02.0'],
    ['accel', 'accel0', 'drm', '0000:00:06.0'],
  ])('is other: the class %s has %s', (subsystem, name, owner, parent) => {
    using root = charDevice(new FakeRoot(), '240:3', subsystem, name, parent)
    expect(nodeKind('/some/name', node('character', 240, 3), root.files)).toEqual({
      kind: 'other',
      owner,
      device: { subsystem, name, parent },
    })
  })

  it.each([
    ['xdma', 'xdma0_user'],
    ['misc', 'my_fpga'],
    ['video4linux', 'video0'],
    ['dma_heap', 'system'],
  ])('is unknown: the class %s has %s', (subsystem, name) => {
    using root = charDevice(new FakeRoot(), '240:3', subsystem, name)
    expect(nodeKind('/n', node('character', 240, 3), root.files)).toEqual({ kind: 'unknown' })
    expect(nodeKind('/n', node('character', 241, 3), root.files)).toEqual({ kind: 'unknown' })
  })

  const folder = 'sys/devices/pci0000:00/0000:00:04.0'
  const bar = { device: '0000:00:04.0', bar: 2, writeCombining: false }
  it('is the BAR for its file, by every path to it', () => {
    using root = new FakeRoot()
      .put(`${folder}/resource2`, '')
      .put(`${folder}/resource2_wc`, '')
      .put('my/bar', '')
      .link('sys/bus/pci/devices/0000:00:04.0', '../../../devices/pci0000:00/0000:00:04.0')
      .link('card', 'sys/bus/pci/devices/0000:00:04.0/resource2')
    root.mount('sysfs', 'sys')
    root.mount('sysfs', 'my/bar', '/devices/pci0000:00/0000:00:04.0/resource2')
    const kindOf = (path: string) => nodeKind(root.at(path), statSync(root.at(path)), root.files)
    const link = 'sys/bus/pci/devices/0000:00:04.0/resource2'
    for (const path of [`${folder}/resource2`, link, 'card', 'my/bar']) {
      expect(kindOf(path)).toEqual({ kind: 'bar', bar })
    }
    expect(kindOf(`${link}_wc`)).toEqual({ kind: 'bar', bar: { ...bar, writeCombining: true } })
  })

  it('is unknown for other files of sysfs', () => {
    using root = new FakeRoot()
      .put(`${folder}/resource`, '')
      .put(`${folder}/resource6`, '')
      .put(`${folder}/config`, '')
    root.mount('sysfs', 'sys')
    for (const name of ['resource', 'resource6', 'config']) {
      const path = root.at(`${folder}/${name}`)
      expect(nodeKind(path, statSync(path), root.files)).toEqual({ kind: 'unknown' })
    }
  })

  it.each(['sysfs', 'proc'])('is other for a file of %s that no mount leads to', (type) => {
    using root = new FakeRoot().folder('sys').put('elsewhere/resource2', '')
    root.mount(type, 'sys')
    const path = root.at('elsewhere/resource2')
    expect(nodeKind(path, statSync(path), root.files)).toEqual(hidden(path))
  })

  // As those of a container are, whose sysfs is another one, or where /proc is not mounted.
  it.each(['/sys/kernel/uevent_seqnum', '/proc/version'])(
    'is other for %s where its file system is not among the mounts',
    (path) => {
      using root = new FakeRoot()
      expect(nodeKind(path, statSync(path), root.files)).toEqual(hidden(path))
      expect(nodeKind('/etc/passwd', statSync('/etc/passwd'), root.files)).toEqual({
        kind: 'bytes',
      })
    },
  )

  it('is bytes for the memory of a kernel that crashed, and for no other file of /proc', () => {
    using root = new FakeRoot().put('proc/vmcore', '').put('proc/x/vmcore', '')
    root.mount('proc', 'proc')
    const kindOf = (path: string) => nodeKind(root.at(path), statSync(root.at(path)), root.files)
    expect(kindOf('proc/vmcore')).toEqual({ kind: 'bytes' })
    expect(kindOf('proc/x/vmcore')).toEqual({ kind: 'unknown' })
  })

  it('is other for what /proc/bus/pci has, and bytes for what only looks like it', () => {
    using root = new FakeRoot()
      .put('proc/bus/pci/00/04.0', '')
      .put('proc/bus/pci/0001:01/00.0', '')
      .put('tmp/0000:00:04.0/resource2', '')
    root.mount('proc', 'proc').mount('tmpfs', 'tmp')
    const kindOf = (path: string) => nodeKind(root.at(path), statSync(root.at(path)), root.files)
    expect(kindOf('proc/bus/pci/00/04.0')).toMatchObject({
      owner: 'procfs',
      device: { parent: '0000:00:04.0' },
    })
    expect(kindOf('proc/bus/pci/0001:01/00.0')).toMatchObject({
      owner: 'procfs',
      device: { parent: '0001:01:00.0' },
    })
    expect(kindOf('tmp/0000:00:04.0/resource2')).toEqual({ kind: 'bytes' })
  })
})
