/** The oldest kernel that the module is for, and the newest that Debian has, as x86-64 machines. */
import { existsSync, readFileSync } from 'node:fs'
import { copyFile, mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { cached, cachePath } from './cache.ts'
import type { Kernel } from './kernels.ts'
import { olderCompiler } from './kmod-builds.ts'
import { ensureOtherHeaders } from './kmod-headers.ts'
import { type DebianPackage, findPackage, type OtherRelease, unpackPackages } from './packages.ts'
import { extractVmlinux } from './vmlinux.ts'

const folderOf = (release: OtherRelease): string => `other-kernels/${release}`

/** Why there is no such machine, or undefined when there is. */
export const otherKernelUnavailable = (release: OtherRelease): string | undefined =>
  existsSync(cachePath(folderOf(release)))
    ? undefined
    : `the kernel of Debian ${release} is not in the lab’s cache`

/** linux-image-amd64 stands for one package or, in newer releases, for several. */
async function packagesOf(release: OtherRelease): Promise<DebianPackage[]> {
  const find = (name: string) => findPackage(name, 'amd64', undefined, release)
  const meta = await find('linux-image-amd64')
  const name = meta?.dependencies.find((one) => one.startsWith('linux-image-'))
  const image = name ? await find(name) : undefined
  const parts = image?.dependencies.filter((one) => /^linux-(base|binary|modules)-\d/.test(one))
  const found = [image, ...(await Promise.all((parts ?? []).map(find)))]
  return found.filter((one) => one !== undefined)
}

async function fetchKernel(release: OtherRelease, folder: string): Promise<void> {
  const packages = await packagesOf(release)
  const [image] = packages
  if (!image) throw new Error(`Debian ${release} has no linux-image-amd64`)
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
  await extractVmlinux(there(compressed), join(folder, 'image'))
  const config = [join(modules[0] ?? '', 'config'), join(unpacked, `boot/config-${name}`)]
  await copyFile(there(config), join(folder, 'config'))
  await rename(there(modules), join(folder, 'modules'))
  await rm(unpacked, { recursive: true })
  const facts = { release: name, packageVersion: image.version }
  await writeFile(join(folder, 'kernel.json'), JSON.stringify(facts))
}

/** The kernel, for `startMachine`; fetched when it is not in the cache. */
export async function ensureOtherKernel(release: OtherRelease): Promise<Kernel> {
  const folder = await cached(folderOf(release), (temporary) => fetchKernel(release, temporary))
  const facts = JSON.parse(readFileSync(join(folder, 'kernel.json'), 'utf8')) as {
    release: string
    packageVersion: string
  }
  return {
    ...{ arch: 'x86_64', series: '6.12', ...facts },
    image: join(folder, 'image'),
    modules: join(folder, 'modules'),
    config: join(folder, 'config'),
    headers: await ensureOtherHeaders({ release, debian: 'amd64', flavour: 'amd64' }),
    otherRelease: release,
    makeFlags: release === 'sid' ? olderCompiler() : [],
  }
}
