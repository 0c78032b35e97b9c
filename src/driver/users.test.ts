import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FakeRoot } from '../linux/testing/fake-root.ts'
import { wordCure } from '../wording/cure.ts'
import { findUsers } from './users.ts'

const card = '0000:00:06.0'
const folder = `sys/devices/pci0000:00/${card}`
let root: FakeRoot

/** A device of a class behind the card, or elsewhere. */
function device(kind: string, name: string, where = folder): string {
  const path = `${where}/${kind}/${name}`
  root.folder(path).link(`sys/class/${kind}/${name}`, root.at(path))
  return path
}

const users = () => findUsers(card, root.files).map(({ what, cure }) => [what, wordCure(cure)])

beforeEach(() => {
  root = new FakeRoot().folder(folder)
  root.link(`sys/bus/pci/devices/${card}`, root.at(folder))
})
afterEach(() => root[Symbol.dispose]())

describe('findUsers', () => {
  it('finds none of a function that nobody uses', () => {
    expect(findUsers(card, root.files)).toEqual([])
    expect(findUsers('0000:00:07.0', root.files)).toEqual([])
  })

  it('finds network interfaces that are up', () => {
    root.put(`${device('net', 'eth0')}/flags`, '0x1003\n')
    root.put(`${device('net', 'eth1')}/flags`, '0x1002\n')
    root.put(`${device('net', 'eth2', 'sys/devices/pci0000:00/0000:00:06.01')}/flags`, '0x1003\n')
    expect(users()).toEqual([['the network interface eth0 is up', 'ip link set eth0 down']])
  })

  it('finds disks that are mounted, swapped to, or part of a volume', () => {
    for (const [index, name] of ['sda1', 'sda2', 'sda3', 'sda4', 'sda5'].entries()) {
      root.put(`${device('block', name)}/dev`, `8:${index + 1}\n`)
    }
    root.folder(`${folder}/block/sda3/holders/dm-0`)
    root.put(
      'proc/self/mountinfo',
      `22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/root rw
36 22 0:31 /sub /data rw - btrfs /dev/sda5 rw
37 22 0:32 / /tmp rw - tmpfs tmpfs rw
`,
    )
    root.put('proc/swaps', 'Filename\tType\n/dev/sda2   partition\t1000\t0\t-2\n')
    expect(users()).toEqual([
      ['sda1 is mounted on /', 'umount /'],
      ['sda2 is swap', 'swapoff /dev/sda2'],
      ['sda3 is part of dm-0', 'stop dm-0'],
      ['sda5 is mounted on /data', 'umount /data'],
    ])
  })

  it('finds the disk of a path to it', () => {
    device('block', 'nvme0c1n1')
    const head = 'sys/devices/virtual/nvme-subsystem/nvme-subsys0'
    root.put(`${device('block', 'nvme0n1p2', head)}/dev`, '259:2\n')
    device('block', 'nvme0n11', head)
    root.put('proc/self/mountinfo', '22 1 259:2 / / rw - ext4 /dev/nvme0n1p2 rw\n')
    expect(users()).toEqual([['nvme0n1p2 is mounted on /', 'umount /']])
  })

  it('finds processes that have its UIO or VFIO device open', () => {
    root.put('proc/77/stat', '77 (my driver) S 1 77 77 0 -1 4194560 0 0\n')
    root.link('proc/77/fd/5', '/dev/uio2').link('proc/77/fd/6', '/dev/vfio/12')
    expect(users()).toEqual([])
    root.folder(`${folder}/uio/uio2`)
    expect(users()).toEqual([['process 77 (my driver) has /dev/uio2 open', 'end process 77']])
    root.link(`${folder}/iommu_group`, '../../kernel/iommu_groups/12')
    root.link(`${folder}/driver`, '../../../bus/pci/drivers/vfio-pci')
    root.put('proc/78/stat', '78 (qemu) S 1 78 78 0 -1 4194560 0 0\n')
    root.link('proc/78/fd/3', '/dev/vfio/12')
    expect(users().map(([what]) => what)).toEqual([
      'process 77 (my driver) has /dev/uio2 open',
      'process 78 (qemu) has /dev/vfio/12 open',
    ])
  })
})
