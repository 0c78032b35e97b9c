import { readLockdown } from '../linux/lockdown.ts'
import type { Refusal } from './refusal.ts'

/** Why an EPERM may be: the kernel is locked down. `undefined` when it is not. */
export function lockdownRefusal(root: string): Refusal | undefined {
  const level = readLockdown(root)
  if (level === undefined || level === 'none') return undefined
  return {
    code: 'EREFUSED_LOCKDOWN',
    reason: `the kernel is locked down (${level}), as Secure Boot makes it (EPERM)`,
    cure: 'boot without lockdown= and with Secure Boot off',
  }
}
