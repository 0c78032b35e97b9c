import type { Refusal } from './refusal.ts'

/** Why an EPERM is where a capability is asked for, and the kernel is not locked down. */
export function rawIoRefusal(): Refusal {
  return {
    code: 'EPERMISSION',
    reason: 'this process lacks the capability CAP_SYS_RAWIO (EPERM)',
    cure: 'run it as root, outside of a user namespace',
  }
}
