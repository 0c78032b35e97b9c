import { existsSync, readFileSync } from 'node:fs'
import { copyFile, mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { archFacts, type GuestArch, type Series } from './arch.ts'
import { cached, cachePath } from './cache.ts'
import { type DebianPackage, findPackage, type OtherRelease, unpackPackages } from './packages.ts'
import { extractVmlinux } from './vmlinux.ts'

/** A kernel in the cache: one of Debian's packages, or the one that the lab builds. */
export interface Kernel {
  readonly arch: GuestArch
  readonly series: Series
  /** As `uname -r` says it. */
  readonly release: string
  readonly packageVersion: string
  /** What QEMU boots. */
  readonly image: string
  /** The folder that the package installs as /lib/modules/RELEASE. */
  readonly modules: string
  readonly config: string
  /** What modules are built against, where it comes with the kernel and not in packages of its own. */
  readonly headers?: string
  /** The release of Debian that it is from, where that is not the lab's own. */
  readonly otherRelease?: OtherRelease
  /** More arguments for `make`, where this machine's compiler is older than the kernel's own. */
  readonly makeFlags?: readonly string[]
}

const folderName = (arch: GuestArch, series: Series): string => `kernels/${arch}-${series}`
const refusalPath = (arch: GuestArch, series: Series): string =>
  cachePath(`${folderName(arch, series)}.unavailable`)

/** The kernel, if it has been fetched. */
export function cachedKernel(arch: GuestArch, series: Series): Kernel | undefined {
  const folder = cachePath(folderName(arch, series))
  if (!existsSync(folder)) return undefined
  const facts = JSON.parse(readFileSync(join(folder, 'kernel.json'), 'utf8')) as {
    release: string
    packageVersion: string
  }
  return {
    arch,
    series,
    ...facts,
    image: join(folder, 'image'),
    modules: join(folder, 'modules'),
    config: join(folder, 'config'),
  }
}

/** Why there is no kernel, if so: what kept the last preparation from fetching it, as far as known. */
export function kernelUnavailable(arch: GuestArch, series: Series): string | undefined {
  if (cachedKernel(arch, series)) return undefined
  const path = refusalPath(arch, series)
  if (existsSync(path)) return readFileSync(path, 'utf8')
  return `kernel ${series} for ${arch} is not in the lab's cache`
}

/** The package of the kernel itself that `metapackage` stands for, in the newest of a series. */
export async function findKernelImage(
  metapackage: string,
  debian: string,
  series: Series,
): Promise<DebianPackage> {
  const ofSeries = (version: string) => version.startsWith(`${series}.`)
  const found = await findPackage(metapackage, debian, ofSeries)
  const name = found?.dependencies.find((one) => one.startsWith('linux-image-'))
  const image = name ? await findPackage(name, debian) : undefined
  if (!image) throw new Error(`Debian has no ${metapackage} ${series} (nor in its backports)`)
  return image
}

async function fetchKernel(arch: GuestArch, series: Series, folder: string): Promise<void> {
  const { debian, flavour } = archFacts[arch]
  const image = await findKernelImage(`linux-image-${flavour}`, debian, series)
  const unpacked = join(folder, 'unpacked')
  await mkdir(folder, { recursive: true })
  await unpackPackages([image], unpacked)
  const release = image.name.slice('linux-image-'.length)
  const compressed = join(unpacked, 'boot', `vmlinuz-${release}`)
  if (arch === 'x86_64') await extractVmlinux(compressed, join(folder, 'image'))
  else await copyFile(compressed, join(folder, 'image'))
  await copyFile(join(unpacked, 'boot', `config-${release}`), join(folder, 'config'))
  const usr = join(unpacked, 'usr/lib/modules', release)
  const lib = join(unpacked, 'lib/modules', release)
  await rename(existsSync(lib) ? lib : usr, join(folder, 'modules'))
  await rm(unpacked, { recursive: true })
  const facts = { release, packageVersion: image.version }
  await writeFile(join(folder, 'kernel.json'), JSON.stringify(facts))
}

/** The kernel; fetched when it is not in the cache. */
export async function ensureKernel(arch: GuestArch, series: Series): Promise<Kernel> {
  const refusal = refusalPath(arch, series)
  try {
    await cached(folderName(arch, series), (folder) => fetchKernel(arch, series, folder))
    await rm(refusal, { force: true })
  } catch (error) {
    await mkdir(dirname(refusal), { recursive: true })
    await writeFile(refusal, (error as Error).message.split('\n').slice(0, 1).join(''))
    throw error
  }
  const kernel = cachedKernel(arch, series)
  if (!kernel) throw new Error(`${folderName(arch, series)} has vanished from the lab's cache`)
  return kernel
}
