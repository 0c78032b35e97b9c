import { join } from 'node:path'
import { type Cure, shell } from '../base/cure.ts'
import type { Files } from '../linux/files.ts'
import { findOpeners } from '../linux/open-files.ts'
import { pciFolder } from '../linux/pci.ts'
import { linkName, listFolder, listNumbered, readLine, readText } from '../linux/read.ts'

/** Who would lose something if the driver of a function were taken off, and what ends that. */
export interface User {
  /** `the network interface eth0 is up` */
  what: string
  /** `ip link set eth0 down` */
  cure: Cure
}

/** include/uapi/linux/if.h */
const IFF_UP = 1

/** What uses a PCI function, as far as sysfs and /proc tell. */
export function findUsers(address: string, files: Files): User[] {
  return [...interfaces(address, files), ...disks(address, files), ...holders(address, files)]
}

/** The names in a folder of /sys/class whose devices are behind the function. */
function behind(address: string, kind: string, files: Files): string[] {
  const folder = files.real(pciFolder(address))
  const all = join('/sys/class', kind)
  if (folder === undefined) return []
  return listFolder(files, all).filter((name) =>
    files.real(join(all, name))?.startsWith(`${folder}/`),
  )
}

function interfaces(address: string, files: Files): User[] {
  return behind(address, 'net', files)
    .filter((name) => Number(readLine(files, join('/sys/class/net', name, 'flags'))) & IFF_UP)
    .map((name) => ({
      what: `the network interface ${name} is up`,
      cure: [shell(`ip link set ${name} down`)],
    }))
}

/** Disks and their partitions: mounted, swapped to, or part of a volume. */
function disks(address: string, files: Files): User[] {
  const mounts = (readText(files, '/proc/self/mountinfo') ?? '').split('\n')
  const swaps = (readText(files, '/proc/swaps') ?? '').split('\n')
  return blocksBehind(address, files).flatMap((name): User[] => {
    const folder = join('/sys/class/block', name)
    const number = readLine(files, join(folder, 'dev'))
    // Documentation/filesystems/proc.rst: ID PARENT MAJOR:MINOR ROOT MOUNT-POINT … - TYPE SOURCE …
    const mount = mounts
      .map((line) => line.split(' '))
      .find((words) => words[2] === number || words[words.indexOf('-') + 2] === `/dev/${name}`)
    const [holder] = listFolder(files, join(folder, 'holders'))
    if (mount?.[4] !== undefined) {
      return [{ what: `${name} is mounted on ${mount[4]}`, cure: [shell(`umount ${mount[4]}`)] }]
    }
    if (swaps.some((line) => line.startsWith(`/dev/${name} `))) {
      return [{ what: `${name} is swap`, cure: [shell(`swapoff /dev/${name}`)] }]
    }
    if (holder === undefined) return []
    return [{ what: `${name} is part of ${holder}`, cure: `stop ${holder}` }]
  })
}

/** With several paths to an NVMe disk, nvme0c1n1 is what is behind a function, and nvme0n1 is used. */
function blocksBehind(address: string, files: Files): string[] {
  const found = behind(address, 'block', files)
  const heads = found.flatMap((name) => {
    const parts = /^(nvme\d+)c\d+(n\d+)$/.exec(name)
    return parts ? [`${parts[1]}${parts[2]}`] : []
  })
  const others = listFolder(files, '/sys/class/block').filter((name) =>
    heads.some((head) => name === head || name.startsWith(`${head}p`)),
  )
  return [...new Set([...found, ...others])]
}

/** Processes that have its UIO or VFIO device open. */
function holders(address: string, files: Files): User[] {
  const folder = pciFolder(address)
  const nodes = listNumbered(files, join(folder, 'uio'), 'uio').map((number) => `/dev/uio${number}`)
  const group = linkName(files, join(folder, 'iommu_group'))
  if (group !== undefined && linkName(files, join(folder, 'driver')) === 'vfio-pci') {
    nodes.push(`/dev/vfio/${group}`)
  }
  if (nodes.length === 0) return []
  return findOpeners((file) => nodes.includes(file), files).map(({ pid, name, file }) => ({
    what: `process ${pid} (${name}) has ${file} open`,
    cure: `end process ${pid}`,
  }))
}
