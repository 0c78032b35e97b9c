import { realpathSync } from 'node:fs'
import { join } from 'node:path'
import { filesAt } from '../linux/files-at.ts'
import { findOpeners } from '../linux/open-files.ts'
import { pciFolder } from '../linux/pci.ts'
import { linkName, listFolder, listNumbered, readLine, readText } from '../linux/read.ts'

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
export function findUsers(address: string, root = '/'): User[] {
  return [...interfaces(address, root), ...disks(address, root), ...holders(address, root)]
}

/** The names in a folder of /sys/class whose devices are behind the function. */
function behind(address: string, kind: string, root: string): string[] {
  const folder = realPath(join(root, pciFolder(address)))
  const all = join(root, 'sys/class', kind)
  if (folder === undefined) return []
  return listFolder(filesAt(), all).filter((name) =>
    realPath(join(all, name))?.startsWith(`${folder}/`),
  )
}

function realPath(path: string): string | undefined {
  try {
    return realpathSync(path)
  } catch {
    return undefined
  }
}

function interfaces(address: string, root: string): User[] {
  return behind(address, 'net', root)
    .filter(
      (name) => Number(readLine(filesAt(), join(root, 'sys/class/net', name, 'flags'))) & IFF_UP,
    )
    .map((name) => ({
      what: `the network interface ${name} is up`,
      cure: `ip link set ${name} down`,
    }))
}

/** Disks and their partitions: mounted, swapped to, or part of a volume. */
function disks(address: string, root: string): User[] {
  const mounts = (readText(filesAt(), join(root, 'proc/self/mountinfo')) ?? '').split('\n')
  const swaps = (readText(filesAt(), join(root, 'proc/swaps')) ?? '').split('\n')
  return blocksBehind(address, root).flatMap((name): User[] => {
    const folder = join(root, 'sys/class/block', name)
    const number = readLine(filesAt(), join(folder, 'dev'))
    // Documentation/filesystems/proc.rst: ID PARENT MAJOR:MINOR ROOT MOUNT-POINT … - TYPE SOURCE …
    const mount = mounts
      .map((line) => line.split(' '))
      .find((words) => words[2] === number || words[words.indexOf('-') + 2] === `/dev/${name}`)
    const [holder] = listFolder(filesAt(), join(folder, 'holders'))
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
function blocksBehind(address: string, root: string): string[] {
  const found = behind(address, 'block', root)
  const heads = found.flatMap((name) => {
    const parts = /^(nvme\d+)c\d+(n\d+)$/.exec(name)
    return parts ? [`${parts[1]}${parts[2]}`] : []
  })
  const others = listFolder(filesAt(), join(root, 'sys/class/block')).filter((name) =>
    heads.some((head) => name === head || name.startsWith(`${head}p`)),
  )
  return [...new Set([...found, ...others])]
}

/** Processes that have its UIO or VFIO device open. */
function holders(address: string, root: string): User[] {
  const folder = join(root, pciFolder(address))
  const nodes = listNumbered(filesAt(), join(folder, 'uio'), 'uio').map(
    (number) => `/dev/uio${number}`,
  )
  const group = linkName(filesAt(), join(folder, 'iommu_group'))
  if (group !== undefined && linkName(filesAt(), join(folder, 'driver')) === 'vfio-pci') {
    nodes.push(`/dev/vfio/${group}`)
  }
  if (nodes.length === 0) return []
  return findOpeners((file) => nodes.includes(file), filesAt(root)).map(({ pid, name, file }) => ({
    what: `process ${pid} (${name}) has ${file} open`,
    cure: `end process ${pid}`,
  }))
}
