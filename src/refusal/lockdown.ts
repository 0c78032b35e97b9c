import type { Evidence } from '../base/evidence.ts'
import { readCommandLine } from '../linux/cmdline.ts'
import { readKernelConfig } from '../linux/kernel-config.ts'
import { readKernelLog } from '../linux/kernel-log.ts'
import { type Lockdown, readLockdown } from '../linux/lockdown.ts'
import { readText } from '../linux/read.ts'
import type { System } from '../linux/system.ts'
import type { Refusal } from './refusal.ts'

/** What asks for lockdown; `securityfs` is whoever wrote to its file. */
type Cause = 'command line' | 'configuration' | 'Secure Boot' | 'securityfs'

/** How far the kernel is locked down, and what shows it. */
export interface KnownLockdown {
  level: Lockdown
  /** Who asked for it, where that is known. */
  by?: Cause
  evidence: Evidence[]
}

const FILE = '/sys/kernel/security/lockdown'

/**
 * The level as the kernel tells it. Where securityfs is not mounted, at least what the command line
 * or the configuration asked for, or that the kernel's log says it is locked down. `undefined` when
 * unknown.
 */
export function knownLockdown(system: System): KnownLockdown | undefined {
  const level = readLockdown(system.files)
  const own = { file: FILE, line: readText(system.files, FILE)?.trim() ?? '' }
  if (level === 'none') return { level, evidence: [own] }
  // What was built in holds with any command line; each only ever raises the level.
  const asked = [askedByConfig(system), askedByWord(system)].filter((one) => one !== undefined)
  if (level === undefined) {
    return asked.find((one) => one.level === 'confidentiality') ?? asked[0] ?? logged(system)
  }
  const cause = asked.find((one) => one.level === level) ?? logged(system)
  if (cause === undefined) return { level, evidence: [own] }
  return { ...cause, level, evidence: [own, ...cause.evidence] }
}

/** security/lockdown/lockdown.c, lockdown_param(): it knows no other values. */
function askedByWord(system: System): KnownLockdown | undefined {
  const word = readCommandLine(system.files).all('lockdown').at(-1)
  const level = word?.value
  if (word === undefined || (level !== 'integrity' && level !== 'confidentiality')) return undefined
  return { level, by: 'command line', evidence: [{ file: '/proc/cmdline', line: word.text }] }
}

/** lockdown_lsm_init(), where the security module is among those that are started. */
function askedByConfig(system: System): KnownLockdown | undefined {
  const config = readKernelConfig(system.files)
  if (config === undefined) return undefined
  const started = readCommandLine(system.files).value('lsm') ?? config.get('CONFIG_LSM')
  const early = config.get('CONFIG_SECURITY_LOCKDOWN_LSM_EARLY') === 'y'
  if (!early && !started.split(',').includes('lockdown')) return undefined
  for (const level of ['confidentiality', 'integrity'] as const) {
    const line = config.line(`CONFIG_LOCK_DOWN_KERNEL_FORCE_${level.toUpperCase()}`)
    if (line?.endsWith('=y')) {
      return { level, by: 'configuration', evidence: [{ file: config.source, line }] }
    }
  }
  return undefined
}

/** How lock_kernel_down() names who asked, apart from Secure Boot (`EFI Secure Boot mode`). */
const LOGGED: Record<string, Cause> = {
  'command line': 'command line',
  'Kernel configuration': 'configuration',
  securityfs: 'securityfs',
}

/** It says who asked last, but not the level: that is at least the lower one. */
function logged(system: System): KnownLockdown | undefined {
  const form = /^Kernel is locked down from (.*?);/
  const line = readKernelLog(system.files).findLast((one) => form.test(one))
  if (line === undefined) return undefined
  const who = form.exec(line)?.[1] ?? ''
  const by = who.includes('Secure Boot') ? 'Secure Boot' : LOGGED[who]
  const evidence = [{ file: '/dev/kmsg', line }]
  return { level: 'integrity', evidence, ...(by === undefined ? {} : { by }) }
}

/** How the cause stands in a sentence, and what lifts it. */
const CAUSES: Record<Cause | 'unknown', [as: string, cure: string]> = {
  'command line': ['as its command line asks', 'boot without lockdown='],
  configuration: ['as it was built', 'use a kernel that is not built to lock itself down'],
  'Secure Boot': ['as Secure Boot requires', 'boot with Secure Boot off'],
  securityfs: [`as was written to ${FILE}`, 'reboot: until then it cannot be lifted'],
  unknown: [
    'most likely by Secure Boot',
    "boot with Secure Boot off, unless the kernel's log names another cause",
  ],
}

/**
 * Why an EPERM may be: the kernel is locked down at least to this level (security/lockdown).
 * `undefined` when it is not, or that is unknown.
 */
export function lockdownRefusal(
  system: System,
  least: 'integrity' | 'confidentiality' = 'integrity',
): Refusal | undefined {
  const known = knownLockdown(system)
  if (known === undefined || known.level === 'none') return undefined
  if (least === 'confidentiality' && known.level === 'integrity') return undefined
  const { level, by = 'unknown', evidence } = known
  const [as, cure] = CAUSES[by]
  const reason = `the kernel is locked down (${level}), ${as} (EPERM)`
  return { code: 'EREFUSED_LOCKDOWN', reason, cure, evidence }
}
