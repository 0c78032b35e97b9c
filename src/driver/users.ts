import { join } from 'node:path'
import { findOpeners } from '../linux/open-files.ts'
import { pciFolder } from '../linux/pci.ts'
import { linkName, listFolder, listNumbered, readLine, readText } from '../linux/read.ts'
import type { LocalSystem } from '../linux/system.ts'

/** Who would lose something if the driver of a function were taken off, and what ends that. */
export interface User {
  /** `the network interface eth0 is up` */
  what: string
  /** `ip link set eth0 down` */
  cure: string
}

/** include/uapi/linux/if.h */
const IFF_UP = 1

/** What uses a PCI function, as far as sysfs and /proc tell. */
export function findUsers(address: string, system: LocalSystem): User[] {
  return [...interfaces(address, system), ...disks(address, system), ...holders(address, system)]
}

/** The names in a folder of /sys/class whose devices are behind the function. */
function behind(address: string, kind: string, system: LocalSystem): string[] {
  const folder = system.files.real(pciFolder(address))
  const all = join('/sys/class', kind)
  if (folder === undefined) return []
  return listFolder(system.files, all).filter((name) =>
    system.files.real(join(all, name))?.startsWith(`${folder}/`),
  )
}

function interfaces(address: string, system: LocalSystem): User[] {
  return behind(address, 'net', system)
    .filter(
      (name) => Number(readLine(system.files, join('/sys/class/net', name, 'flags'))) & IFF_UP,
    )
    .map((name) => ({
      what: `the network interface ${name} is up`,
      cure: `ip link set ${name} down`,
    }))
}

/** Disks and their partitions: mounted, swapped to, or part of a volume. */
function disks(address: string, system: LocalSystem): User[] {
  const mounts = (readText(system.files, '/proc/self/mountinfo') ?? '').split('\n')
  const swaps = (readText(system.files, '/proc/swaps') ?? '').split('\n')
  return blocksBehind(address, system).flatMap((name): User[] => {
    const folder = join('/sys/class/block', name)
    const number = readLine(system.files, join(folder, 'dev'))
    // Documentation/filesystems/proc.rst: ID PARENT MAJOR:MINOR ROOT MOUNT-POINT … - TYPE SOURCE …
    const mount = mounts
      .map((line) => line.split(' '))
      .find((words) => words[2] === number || words[words.indexOf('-') + 2] === `/dev/${name}`)
    const [holder] = listFolder(system.files, join(folder, 'holders'))
    if (mount?.[4] !== undefined) {
      return [{ what: `${name} is mounted on ${mount[4]}`, cure: `umount ${mount[4]}` }]
    }
    if (swaps.some((line) => line.startsWith(`/dev/${name} `))) {
      return [{ what: `${name} is swap`, cure: `swapoff /dev/${name}` }]
    }
    if (holder === undefined) return []
    return [{ what: `${name} is part of ${holder}`, cure: `stop ${holder}` }]
  })
}

/** With several paths to an NVMe disk, nvme0c1n1 is what is behind a function, and nvme0n1 is used. */
function blocksBehind(address: string, system: LocalSystem): string[] {
  const found = behind(address, 'block', system)
  const heads = found.flatMap((name) => {
    const parts = /^(nvme\d+)c\d+(n\d+)$/.exec(name)
    return parts ? [`${parts[1]}${parts[2]}`] : []
  })
  const others = listFolder(system.files, '/sys/class/block').filter((name) =>
    heads.some((head) => name === head || name.startsWith(`${head}p`)),
  )
  return [...new Set([...found, ...others])]
}

/** Processes that have its UIO or VFIO device open. */
function holders(address: string, system: LocalSystem): User[] {
  const folder = pciFolder(address)
  const nodes = listNumbered(system.files, join(folder, 'uio'), 'uio').map(
    (number) => `/dev/uio${number}`,
  )
  const group = linkName(system.files, join(folder, 'iommu_group'))
  if (group !== undefined && linkName(system.files, join(folder, 'driver')) === 'vfio-pci') {
    nodes.push(`/dev/vfio/${group}`)
  }
  if (nodes.length === 0) return []
  return findOpeners((file) => nodes.includes(file), system.files).map(({ pid, name, file }) => ({
    what: `process ${pid} (${name}) has ${file} open`,
    cure: `end process ${pid}`,
  }))
}
