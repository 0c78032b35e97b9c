/** The device trees of real boards, as Debian's kernel packages bring them. */
import { existsSync, readdirSync } from 'node:fs'
import { copyFile, mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Series } from './arch.ts'
import { cached, cachePath } from './cache.ts'
import { findProgram } from './command.ts'
import { findKernelImage } from './kernels.ts'
import { unpackPackages } from './packages.ts'

/** Debian's names of the CPUs whose kernel packages hold device trees. */
export const boardCpus = ['arm64', 'armhf'] as const
export type BoardCpu = (typeof boardCpus)[number]

const metapackages: Readonly<Record<BoardCpu, string>> = {
  arm64: 'linux-image-arm64',
  armhf: 'linux-image-armmp',
}

/** The newest that Debian's release has, with its backports: it knows the most boards. */
const series: Series = '6.12'

const folderOf = (cpu: BoardCpu): string => `device-trees/${cpu}`

async function fetchDeviceTrees(cpu: BoardCpu, folder: string): Promise<void> {
  const image = await findKernelImage(metapackages[cpu], cpu, series)
  const unpacked = join(folder, 'unpacked')
  await mkdir(folder, { recursive: true })
  await unpackPackages([image], unpacked)
  const release = image.name.slice('linux-image-'.length)
  const packaged = join(unpacked, 'usr/lib', `linux-image-${release}`)
  for (const path of await readdir(packaged, { recursive: true })) {
    if (!path.endsWith('.dtb')) continue
    await copyFile(join(packaged, path), join(folder, path.replaceAll('/', '--')))
  }
  await rm(unpacked, { recursive: true })
  await writeFile(join(folder, 'package'), `${image.name} ${image.version}\n`)
}

/** The folder with every .dtb of the kernel package; fetched when it is not in the cache. */
export function ensureDeviceTrees(cpu: BoardCpu): Promise<string> {
  return cached(folderOf(cpu), (folder) => fetchDeviceTrees(cpu, folder))
}

/** Why they cannot be compared with dtc, or undefined when they can. Looks only at what is there. */
export function deviceTreesUnavailable(cpu: BoardCpu): string | undefined {
  for (const program of ['dtc', 'fdtdump']) {
    if (!findProgram(program)) return `${program} (device-tree-compiler) is not installed`
  }
  if (existsSync(cachePath(folderOf(cpu)))) return undefined
  return `the device trees of the ${cpu} kernel are not in the lab's cache`
}

/** The .dtb files of the kernel package that has been fetched. */
export function deviceTreeFiles(cpu: BoardCpu): string[] {
  const folder = cachePath(folderOf(cpu))
  const names = readdirSync(folder).filter((name) => name.endsWith('.dtb'))
  return names.sort().map((name) => join(folder, name))
}
