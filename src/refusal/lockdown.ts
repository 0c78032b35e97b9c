import { join } from 'node:path'
import { readCommandLine } from '../linux/cmdline.ts'
import { readKernelConfig } from '../linux/kernel-config.ts'
import { readKernelLog } from '../linux/kernel-log.ts'
import { type Lockdown, readLockdown } from '../linux/lockdown.ts'
import { readText } from '../linux/read.ts'
import type { Evidence, Refusal } from './refusal.ts'

/** How far the kernel is locked down, and what shows it. */
export interface KnownLockdown {
  level: Lockdown
  /** Who asked for it, where that is known: the command line, or whoever built the kernel. */
  by?: 'command line' | 'configuration'
  evidence: Evidence[]
}

/** What asks for lockdown, apart from the firmware (Secure Boot). */
type Asked = KnownLockdown & { by: 'command line' | 'configuration' }

const FILE = '/sys/kernel/security/lockdown'

/**
 * The level as the kernel tells it. Where securityfs is not mounted, at least what the command line
 * or the configuration asked for, or that the kernel's log says it is locked down. `undefined` when
 * unknown.
 */
export function knownLockdown(root: string): KnownLockdown | undefined {
  const asked = askedByWord(root) ?? askedByConfig(root)
  const level = readLockdown(root)
  if (level === undefined) return asked ?? loggedLockdown(root)
  const own = { file: FILE, line: readText(join(root, FILE))?.trim() ?? '' }
  if (level === 'none' || asked === undefined) return { level, evidence: [own] }
  return { ...asked, level, evidence: [own, ...asked.evidence] }
}

/** security/lockdown/lockdown.c, lockdown_param(): it knows no other values. */
function askedByWord(root: string): Asked | undefined {
  const word = readCommandLine(root).all('lockdown').at(-1)
  const level = word?.value
  if (word === undefined || (level !== 'integrity' && level !== 'confidentiality')) return undefined
  return { level, by: 'command line', evidence: [{ file: '/proc/cmdline', line: word.text }] }
}

/** lockdown_lsm_init(), where the security module is among those that are started. */
function askedByConfig(root: string): Asked | undefined {
  const config = readKernelConfig(root)
  if (config === undefined) return undefined
  const started = readCommandLine(root).value('lsm') ?? config.get('CONFIG_LSM')
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

/** lock_kernel_down() says who asked, but not the level: it is at least the lower one. */
function loggedLockdown(root: string): KnownLockdown | undefined {
  const line = readKernelLog(root).find((one) => one.startsWith('Kernel is locked down from '))
  if (line === undefined) return undefined
  return { level: 'integrity', evidence: [{ file: '/dev/kmsg', line }] }
}

/**
 * Why an EPERM may be: the kernel is locked down at least to this level (security/lockdown).
 * `undefined` when it is not, or that is unknown.
 */
export function lockdownRefusal(
  root: string,
  least: 'integrity' | 'confidentiality' = 'integrity',
): Refusal | undefined {
  const known = knownLockdown(root)
  if (known === undefined || known.level === 'none') return undefined
  if (least === 'confidentiality' && known.level === 'integrity') return undefined
  const { level, by, evidence } = known
  const code = 'EREFUSED_LOCKDOWN'
  if (by === 'configuration') {
    return {
      code,
      reason: `the kernel is locked down (${level}), as it was built (EPERM)`,
      cure: 'use a kernel that is not built to lock itself down',
      evidence,
    }
  }
  return {
    code,
    reason: `the kernel is locked down (${level}), as Secure Boot makes it (EPERM)`,
    cure: 'boot without lockdown= and with Secure Boot off',
    evidence,
  }
}
