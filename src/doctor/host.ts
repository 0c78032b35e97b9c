import type { Evidence } from '../base/evidence.ts'
import { type CommandLine, memoryWordsOf, readCommandLine } from '../linux/cmdline.ts'
import { namesOfCapabilities, readCredentials } from '../linux/credentials.ts'
import type { Files } from '../linux/files.ts'
import { type KernelConfig, readKernelConfig, readRelease } from '../linux/kernel-config.ts'
import type { System } from '../linux/system.ts'
import { knownLockdown } from '../refusal/lockdown.ts'

/** What decides over access to memory, before anything is tried. */
export interface Host {
  /** As `uname -r` has it. */
  release: string
  /** As `process.arch`. */
  cpu: string
  uid: number | undefined
  userNamespace: 'initial' | 'other' | 'unknown'
  /** Those that count for physical memory, and whether this process has them. */
  capabilities: Record<string, boolean>
  lockdown: { level: 'none' | 'integrity' | 'confidentiality' | 'unknown'; evidence: Evidence[] }
  /** The options that matter, as the kernel was built; empty where that is not known. */
  config: Evidence[]
  /** The words of the command line that bear on memory, or seem to, and what each does. */
  words: Word[]
}

export interface Word {
  text: string
  /** Whether the kernel knows it. */
  known: boolean
  effect: string
}

/** drivers/char/mem.c, kernel/resource.c, kernel/module, fs/proc and fs/namei.c ask for these. */
const CAPABILITIES = [
  'CAP_SYS_RAWIO',
  'CAP_SYS_ADMIN',
  'CAP_SYS_MODULE',
  'CAP_SYS_PTRACE',
  'CAP_DAC_OVERRIDE',
]

export const OPTIONS = [
  'CONFIG_DEVMEM',
  'CONFIG_STRICT_DEVMEM',
  'CONFIG_IO_STRICT_DEVMEM',
  'CONFIG_DEVPORT',
  'CONFIG_X86_IOPL_IOPERM',
  'CONFIG_X86_PAT',
  'CONFIG_PROC_KCORE',
  'CONFIG_PROC_PAGE_MONITOR',
  'CONFIG_UIO',
  'CONFIG_MODULES',
  'CONFIG_MODULE_SIG',
  'CONFIG_SECURITY_LOCKDOWN_LSM',
] as const

export function readHost(system: System): Host {
  const { files, cpu } = system
  const credentials = readCredentials(files)
  const lockdown = knownLockdown(system)
  const has = namesOfCapabilities(credentials.effective)
  return {
    release: readRelease(files),
    cpu,
    uid: credentials.uid,
    userNamespace: credentials.userNamespace,
    capabilities: Object.fromEntries(CAPABILITIES.map((name) => [name, has.includes(name)])),
    lockdown: { level: lockdown?.level ?? 'unknown', evidence: lockdown?.evidence ?? [] },
    config: readConfig(files),
    words: wordsOf(readCommandLine(files), readKernelConfig(files), cpu),
  }
}

function readConfig(files: Files): Evidence[] {
  const config = readKernelConfig(files)
  if (config === undefined) return []
  return OPTIONS.flatMap((name) => {
    const line = config.line(name)
    return line === undefined ? [] : [{ file: config.source, line }]
  })
}

/** What a kernel must be built with to know a word. */
const NEEDS: Record<string, string> = {
  lockdown: 'CONFIG_SECURITY_LOCKDOWN_LSM',
  nomodule: 'CONFIG_MODULES',
  'module.sig_enforce': 'CONFIG_MODULE_SIG',
  nopat: 'CONFIG_X86_PAT',
}

/** Words that only kernels for x86 know: Documentation/admin-guide/kernel-parameters.txt. */
const OF_X86 = new Set(['nopat', 'memmap', 'iommu', 'intel_iommu', 'amd_iommu'])

function wordsOf(commandLine: CommandLine, config: KernelConfig | undefined, cpu: string): Word[] {
  return memoryWordsOf(commandLine).map(({ token: { text, name }, known, effect }) => {
    if (OF_X86.has(name) && cpu !== 'x64' && cpu !== 'ia32') {
      return {
        text,
        known: false,
        effect: `does nothing on this CPU (${cpu}): it is a word of x86`,
      }
    }
    const option = NEEDS[name]
    if (option !== undefined && config?.get(option) === 'n') {
      const without = `does nothing: the kernel was built without ${option}`
      return { text, known: false, effect: without }
    }
    return { text, known, effect }
  })
}
