import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { command } from './command.ts'
import type { Kernel } from './kernels.ts'

export interface KernelModule {
  readonly name: string
  readonly content: Buffer
}

/** The kernel takes `-` and `_` in a module's name for the same. */
const canonical = (name: string): string => name.replaceAll('-', '_')

async function index(kernel: Kernel): Promise<Map<string, string>> {
  const files = await readdir(join(kernel.modules, 'kernel'), { recursive: true })
  const modules = files.filter((file) => /\.ko(\.xz)?$/.test(file))
  return new Map(
    modules.map((file) => [
      canonical(basename(file).replace(/\.ko(\.xz)?$/, '')),
      join(kernel.modules, 'kernel', file),
    ]),
  )
}

async function builtIn(kernel: Kernel): Promise<Set<string>> {
  const path = join(kernel.modules, 'modules.builtin')
  if (!existsSync(path)) return new Set()
  const lines = (await readFile(path, 'utf8')).trim().split('\n')
  return new Set(lines.map((line) => canonical(basename(line, '.ko'))))
}

async function load(path: string): Promise<Buffer> {
  return path.endsWith('.xz') ? command('xz', ['-dc', path]) : readFile(path)
}

/** The names of a module's own `depends=` line. The package has no modules.dep: depmod makes it. */
export function dependenciesOf(content: Buffer): string[] {
  const text = content.toString('latin1')
  const list = /(?:^|\0)depends=([^\0]*)\0/.exec(text)?.[1] ?? ''
  return list.split(',').filter((name) => name !== '')
}

/**
 * Modules of the kernel's package with all that they depend on, in the order in which they can be
 * loaded. What is built into the kernel is left out.
 */
export async function collectModules(
  kernel: Kernel,
  names: readonly string[],
): Promise<KernelModule[]> {
  const files = await index(kernel)
  const inside = await builtIn(kernel)
  const collected = new Map<string, KernelModule>()
  const visit = async (wanted: string): Promise<void> => {
    const name = canonical(wanted)
    if (collected.has(name) || inside.has(name)) return
    const path = files.get(name)
    if (path === undefined) throw new Error(`kernel ${kernel.release} has no module ${name}`)
    const content = await load(path)
    for (const dependency of dependenciesOf(content)) await visit(dependency)
    collected.set(name, { name, content })
  }
  for (const name of names) await visit(name)
  return [...collected.values()]
}
