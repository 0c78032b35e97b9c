import { join } from 'node:path'
import { readCommandLine } from '../linux/cmdline.ts'
import { type Lockdown, readLockdown } from '../linux/lockdown.ts'
import { readText } from '../linux/read.ts'
import type { Evidence, Refusal } from './refusal.ts'

/** How far the kernel is locked down, and what shows it. */
export interface KnownLockdown {
  level: Lockdown
  evidence: Evidence[]
}

const FILE = '/sys/kernel/security/lockdown'

/**
 * The level as the kernel tells it; where securityfs is not mounted, at least what the command line
 * asked for. `undefined` when unknown.
 */
export function knownLockdown(root: string): KnownLockdown | undefined {
  const word = readCommandLine(root).all('lockdown').at(-1)
  const asked = word ? [{ file: '/proc/cmdline', line: word.text }] : []
  const level = readLockdown(root)
  if (level !== undefined) {
    const line = readText(join(root, FILE))?.trim() ?? ''
    return { level, evidence: [{ file: FILE, line }, ...(level === 'none' ? [] : asked)] }
  }
  const value = word?.value
  const named = value === 'integrity' || value === 'confidentiality'
  return named ? { level: value, evidence: asked } : undefined
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
  return {
    code: 'EREFUSED_LOCKDOWN',
    reason: `the kernel is locked down (${known.level}), as Secure Boot makes it (EPERM)`,
    cure: 'boot without lockdown= and with Secure Boot off',
    evidence: known.evidence,
  }
}
