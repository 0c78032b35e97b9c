import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { cached, cachePath } from './cache.ts'
import { command } from './command.ts'
import type { Kernel } from './kernels.ts'
import { findPackage, unpackPackages } from './packages.ts'
import { labFolder } from './repository.ts'

/** Debian's own tree, with its patches, as the packaged kernels have it. */
const sourcePackage = 'linux-source-6.12'

const fragment = (): string => join(labFolder(), 'supply/kernel-config/unrestricted.config')

/** Changes with the configuration, so that a kernel is built anew when that was edited. */
function key(): string {
  return createHash('sha256').update(readFileSync(fragment())).digest('hex').slice(0, 8)
}

const folderName = (): string => `built/unrestricted-${key()}`
const refusalPath = (): string => cachePath(`${folderName()}.unavailable`)

/**
 * The kernel that the lab builds: x86-64, small, without CONFIG_STRICT_DEVMEM, and with all that
 * tells on a module that does wrong (KASAN, lockdep, slab debugging, …); if it has been built.
 */
export function cachedBuiltKernel(): Kernel | undefined {
  const folder = cachePath(folderName())
  if (!existsSync(folder)) return undefined
  const facts = JSON.parse(readFileSync(join(folder, 'kernel.json'), 'utf8')) as {
    release: string
    packageVersion: string
  }
  return {
    arch: 'x86_64',
    series: '6.12',
    ...facts,
    image: join(folder, 'image'),
    modules: join(folder, 'modules'),
    config: join(folder, 'config'),
    headers: join(folder, 'headers'),
  }
}

/** Why there is no such kernel, or undefined when there is. */
export function builtKernelUnavailable(): string | undefined {
  if (cachedBuiltKernel()) return undefined
  return existsSync(refusalPath())
    ? readFileSync(refusalPath(), 'utf8')
    : 'the kernel of the lab’s own is not built: npm run test:all does'
}

async function build(folder: string): Promise<void> {
  const source = await findPackage(sourcePackage, 'amd64')
  if (!source) throw new Error(`Debian has no ${sourcePackage}`)
  const work = join(folder, 'work')
  await mkdir(work, { recursive: true })
  await unpackPackages([source], join(work, 'package'))
  const archive = join(work, 'package/usr/src', `${sourcePackage}.tar.xz`)
  await command('tar', ['-C', work, '-xf', archive])
  const tree = join(work, sourcePackage)
  const make = (...words: string[]): Promise<Buffer> =>
    command('make', ['-s', '-C', tree, `LOCALVERSION=-unrestricted-${key()}`, ...words])
  // All that the fragment does not name is off.
  await make(`KCONFIG_ALLCONFIG=${fragment()}`, 'allnoconfig')
  await checkConfig(join(tree, '.config'))
  await make(`-j${availableParallelism()}`, 'vmlinux', 'modules')
  await command('objcopy', ['-S', join(tree, 'vmlinux'), join(folder, 'image')])
  // Without depmod: the lab orders modules by what they say they depend on.
  await make(`INSTALL_MOD_PATH=${work}/installed`, 'DEPMOD=true', 'modules_install')
  const release = (await readFile(join(tree, 'include/config/kernel.release'), 'utf8')).trim()
  await command('cp', ['-r', join(work, 'installed/lib/modules', release), `${folder}/modules`])
  await rm(join(folder, 'modules/build'))
  await copyFile(join(tree, '.config'), join(folder, 'config'))
  // The kernel's own list of what modules are built with.
  const extract = `${tree}/scripts/package/install-extmod-build ${folder}/headers`
  await make('run-command', `KBUILD_RUN_COMMAND=${extract}`)
  await rm(work, { recursive: true })
  const facts = { release, packageVersion: source.version }
  await writeFile(join(folder, 'kernel.json'), JSON.stringify(facts))
}

/** Kconfig drops silently what it does not know, or what lacks something that it depends on. */
async function checkConfig(path: string): Promise<void> {
  const got = new Set((await readFile(path, 'utf8')).split('\n'))
  const wanted = (await readFile(fragment(), 'utf8')).split('\n')
  const lost = wanted.filter((line) => /^(# )?CONFIG_/.test(line) && !got.has(line))
  if (lost.length > 0) throw new Error(`Kconfig did not take: ${lost.join(', ')}`)
}

/** Kernels of configurations that were edited since. */
async function forgetOthers(): Promise<void> {
  for (const name of await readdir(cachePath('built'))) {
    const own = join('built', name).startsWith(folderName())
    if (!own) await rm(cachePath('built', name), { recursive: true, force: true })
  }
}

/** The kernel; built when it is not in the cache, which takes minutes. */
export async function ensureBuiltKernel(): Promise<Kernel> {
  try {
    await cached(folderName(), build)
    await rm(refusalPath(), { force: true })
    await forgetOthers()
  } catch (error) {
    await mkdir(cachePath('built'), { recursive: true })
    await writeFile(refusalPath(), (error as Error).message.split('\n').slice(0, 1).join(''))
    throw error
  }
  const kernel = cachedBuiltKernel()
  if (!kernel) throw new Error(`${folderName()} has vanished from the lab's cache`)
  return kernel
}
