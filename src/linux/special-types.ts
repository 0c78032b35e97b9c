import type { Files } from './files.ts'
import { filesAt } from './files-at.ts'
import { symbolsNamed } from './kallsyms.ts'
import { readKernelConfig, readRelease } from './kernel-config.ts'
import { type SpecialTypes, specialTypesOf } from './pagemap.ts'
import { readText } from './read.ts'

/** A function that is there when a kernel was built with the option. */
const functions: Record<string, readonly string[]> = {
  CONFIG_MEMORY_FAILURE: ['memory_failure'],
  CONFIG_MIGRATION: ['migrate_pages'],
  // mm/rmap.c; it was renamed in 6.15
  CONFIG_DEVICE_PRIVATE: ['make_device_exclusive', 'make_device_exclusive_range'],
  // Until 6.2, when the option ended, it needed userfaultfd's write protection: x86-64 only.
  CONFIG_PTE_MARKER: ['__x64_sys_userfaultfd'],
}

/**
 * The special swap types of the running kernel, by its configuration, or where that is not there
 * by the names of its functions, which everyone may read. `undefined` where neither tells.
 */
export function readSpecialTypes(files: Files = filesAt()): SpecialTypes | undefined {
  const release = readRelease(files)
  const config = readKernelConfig(files, release)
  if (config !== undefined) return specialTypesOf(release, (name) => config.get(name) === 'y')
  const symbols = readText(files, '/proc/kallsyms') ?? ''
  if (release === '' || symbolsNamed(symbols, '_stext').length === 0) return undefined
  const on = (option: string) =>
    (functions[option] ?? []).some((name) => symbolsNamed(symbols, name).length > 0)
  return specialTypesOf(release, on)
}
