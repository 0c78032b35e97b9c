import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { archFacts, hostArch } from './arch.ts'
import { cached } from './cache.ts'
import type { Kernel } from './kernels.ts'
import { type DebianPackage, findPackage, unpackPackages } from './packages.ts'

/** The headers packages of one kernel. The build programs among them are those for this machine. */
async function headerPackages(kernel: Kernel): Promise<DebianPackage[]> {
  const { debian } = archFacts[kernel.arch]
  const sameVersion = (version: string) => version === kernel.packageVersion
  const main = await findPackage(`linux-headers-${kernel.release}`, debian)
  const found: (DebianPackage | undefined)[] = [main]
  for (const name of main?.dependencies ?? []) {
    if (!/^linux-(headers|kbuild)-/.test(name)) continue
    const programs = name.startsWith('linux-kbuild-')
    const own = programs && hostArch ? archFacts[hostArch].debian : debian
    found.push((await findPackage(name, own, sameVersion)) ?? (await findPackage(name, own)))
  }
  const packages = found.filter((one) => one !== undefined)
  if (packages.length < 3) throw new Error(`Debian has no headers for kernel ${kernel.release}`)
  return packages
}

/** Debian's Makefiles name their siblings by absolute path; here they lie in the cache. */
export async function relocateHeaders(unpacked: string, final: string): Promise<void> {
  const source = join(unpacked, 'usr/src')
  for (const folder of await readdir(source)) {
    for (const name of ['Makefile', '.kernelvariables']) {
      const path = join(source, folder, name)
      const text = await readFile(path, 'utf8').catch(() => undefined)
      if (text?.includes('/usr/src/')) {
        await writeFile(path, text.replaceAll('/usr/src/', `${final}/usr/src/`))
      }
    }
  }
}

/** The folder to give to `make -C` for building modules for a kernel. */
export async function ensureHeaders(kernel: Kernel): Promise<string> {
  if (kernel.headers !== undefined) return kernel.headers
  const name = `headers/${kernel.arch}-${kernel.release}`
  const folder = await cached(name, async (temporary) => {
    await unpackPackages(await headerPackages(kernel), temporary)
    await relocateHeaders(temporary, temporary.replace(/\.part-\d+$/, ''))
  })
  return join(folder, 'usr/src', `linux-headers-${kernel.release}`)
}
