import { readCommandLine } from '../linux/cmdline.ts'
import { readKernelConfig } from '../linux/kernel-config.ts'
import { isThere, readLine } from '../linux/read.ts'
import type { System } from '../linux/system.ts'
import { capabilityRefusal } from './capability.ts'
import { configEvidence } from './evidence.ts'
import { lockdownRefusal } from './lockdown.ts'
import type { Refusal } from './refusal.ts'

const DISABLED = '/proc/sys/kernel/modules_disabled'
const ENFORCED = '/sys/module/module/parameters/sig_enforce'

/** The cure where a signature is what lacks. */
export const SIGN = 'sign the module with a key that the kernel trusts'

/** Why a module that nobody signed would be refused, and with which answer. */
export interface ModuleRefusal {
  refusal: Refusal
  errno: 'ENOSYS' | 'EPERM' | 'EKEYREJECTED'
}

/**
 * In the order of the kernel: may_init_module() (kernel/module/main.c), then module_sig_check()
 * (kernel/module/signing.c), which asks for lockdown where signatures are not enforced. `undefined`
 * when nothing forbids it.
 */
export function explainModules(system: System): ModuleRefusal | undefined {
  const none = explainNoModules(system)
  if (none?.errno === 'ENOSYS') return none
  const privilege = capabilityRefusal('CAP_SYS_MODULE', system)
  if (privilege) return { refusal: privilege, errno: 'EPERM' }
  if (none) return none
  if (readLine(system.files, ENFORCED) === 'Y') {
    const evidence = [{ file: ENFORCED, line: 'Y' }, ...words('module.sig_enforce', system)]
    const refusal: Refusal = {
      code: 'EREFUSED',
      reason: 'the kernel loads only modules that are signed with its keys (EKEYREJECTED)',
      cure: `${SIGN}, or boot without module.sig_enforce`,
      evidence,
    }
    return { refusal, errno: 'EKEYREJECTED' }
  }
  const lockdown = lockdownRefusal(system)
  if (lockdown === undefined) return undefined
  const cures = [SIGN, ...(lockdown.cure === undefined ? [] : [lockdown.cure])]
  return { refusal: { ...lockdown, cures }, errno: 'EPERM' }
}

/**
 * Why the kernel that runs takes no module at all, whoever asks: who wants physmem's gets this
 * answer, and not how to build one.
 */
export function explainNoModules(system: System): ModuleRefusal | undefined {
  if (!hasModules(system)) return { refusal: noModules(system), errno: 'ENOSYS' }
  const disabled = disabledRefusal(system)
  return disabled && { refusal: disabled, errno: 'EPERM' }
}

/** By kernel/module/procfs.c; with `subset=pid` /proc does not show the file of a kernel that has it. */
function hasModules(system: System): boolean {
  if (isThere(system.files, '/proc/modules')) return true
  return readKernelConfig(system.files)?.get('CONFIG_MODULES') === 'y'
}

function noModules(system: System): Refusal {
  return {
    code: 'EREFUSED',
    reason: 'the kernel was built without CONFIG_MODULES (ENOSYS)',
    cure: 'use a kernel with CONFIG_MODULES=y',
    evidence: [
      { file: '/proc/modules', line: 'does not exist' },
      ...configEvidence('CONFIG_MODULES', system),
    ],
  }
}

/** The word `nomodule` and the sysctl are the same switch, which is never switched back. */
function disabledRefusal(system: System): Refusal | undefined {
  if (readLine(system.files, DISABLED) !== '1') return undefined
  const asked = words('nomodule', system)
  return {
    code: 'EREFUSED',
    reason: 'loading modules is switched off until the next boot (EPERM)',
    cure:
      asked.length > 0 ? 'boot without nomodule' : 'reboot; something wrote 1 to modules_disabled',
    evidence: [{ file: DISABLED, line: '1' }, ...asked],
  }
}

function words(name: string, system: System) {
  const found = readCommandLine(system.files).all(name)
  return found.map(({ text }) => ({ file: '/proc/cmdline', line: text }))
}
