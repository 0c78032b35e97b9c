/** The oldest kernel that the module is for, and the newest that Debian has. */
import { existsSync, readFileSync } from 'node:fs'
import { copyFile, mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { archFacts, type GuestArch } from './arch.ts'
import { cached, cachePath } from './cache.ts'
import type { Kernel } from './kernels.ts'
import { olderCompiler } from './kmod-builds.ts'
import { ensureOtherHeaders } from './kmod-headers.ts'
import { type DebianPackage, findPackage, type OtherRelease, unpackPackages } from './packages.ts'
import { extractVmlinux } from './vmlinux.ts'

const folderOf = (release: OtherRelease, arch: GuestArch): string =>
  `other-kernels/${release}${arch === 'x86_64' ? '' : `-${arch}`}`

/** Why there is no such machine, or undefined when there is. */
export const otherKernelUnavailable = (
  release: OtherRelease,
  arch: GuestArch = 'x86_64',
): string | undefined =>
  existsSync(cachePath(folderOf(release, arch)))
    ? undefined
    : `the kernel of Debian ${release} for ${arch} is not in the lab’s cache`

/** linux-image-FLAVOUR stands for one package or, in newer releases, for several. */
async function packagesOf(release: OtherRelease, arch: GuestArch): Promise<DebianPackage[]> {
  const { debian, flavour } = archFacts[arch]
  const find = (name: string) => findPackage(name, debian, undefined, release)
  const meta = await find(`linux-image-${flavour}`)
  const name = meta?.dependencies.find((one) => one.startsWith('linux-image-'))
  const image = name ? await find(name) : undefined
  const parts = image?.dependencies.filter((one) => /^linux-(base|binary|modules)-\d/.test(one))
  const found = [image, ...(await Promise.all((parts ?? []).map(find)))]
  return found.filter((one) => one !== undefined)
}

async function fetchKernel(release: OtherRelease, arch: GuestArch, folder: string): Promise<void> {
  const packages = await packagesOf(release, arch)
  const [image] = packages
  if (!image) throw new Error(`Debian ${release} has no linux-image for ${arch}`)
  const name = image.name.slice('linux-image-'.length)
  const unpacked = join(folder, 'unpacked')
  await mkdir(folder, { recursive: true })
  await unpackPackages(packages, unpacked)
  const modules = [join(unpacked, 'usr/lib/modules', name), join(unpacked, 'lib/modules', name)]
  const compressed = [join(modules[0] ?? '', 'vmlinuz'), join(unpacked, `boot/vmlinuz-${name}`)]
  const there = (paths: readonly string[]): string => {
    const path = paths.find((one) => existsSync(one))
    if (!path) throw new Error(`${image.name} has none of ${paths.join(', ')}`)
    return path
  }
  if (arch === 'x86_64') await extractVmlinux(there(compressed), join(folder, 'image'))
  else await copyFile(there(compressed), join(folder, 'image'))
  const config = [join(modules[0] ?? '', 'config'), join(unpacked, `boot/config-${name}`)]
  await copyFile(there(config), join(folder, 'config'))
  await rename(there(modules), join(folder, 'modules'))
  await rm(unpacked, { recursive: true })
  const facts = { release: name, packageVersion: image.version }
  await writeFile(join(folder, 'kernel.json'), JSON.stringify(facts))
}

/** The kernel, for `startMachine`; fetched when it is not in the cache. */
export async function ensureOtherKernel(
  release: OtherRelease,
  arch: GuestArch = 'x86_64',
): Promise<Kernel> {
  const folder = await cached(folderOf(release, arch), (temporary) =>
    fetchKernel(release, arch, temporary),
  )
  const { debian, flavour } = archFacts[arch]
  const facts = JSON.parse(readFileSync(join(folder, 'kernel.json'), 'utf8')) as {
    release: string
    packageVersion: string
  }
  return {
    ...{ arch, series: '6.12', ...facts },
    image: join(folder, 'image'),
    modules: join(folder, 'modules'),
    config: join(folder, 'config'),
    headers: await ensureOtherHeaders({ release, debian, flavour }),
    otherRelease: release,
    makeFlags: release === 'sid' ? olderCompiler() : [],
  }
}
