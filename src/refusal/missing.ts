import { sentence, shell } from '../base/cure.ts'
import { readKernelConfig } from '../linux/kernel-config.ts'
import { readProcMount } from '../linux/proc-mount.ts'
import type { System } from '../linux/system.ts'
import { optionEvidence } from './evidence.ts'
import type { Refusal } from './refusal.ts'

/** Why a file of /proc does not exist: a refusal except for its code. */
export type Missing = Omit<Refusal, 'code'>

/**
 * Why a file of /proc that the kernel has with these options does not exist. `subset=pid` leaves
 * only the folders of processes (fs/proc/generic.c, proc_lookup()).
 */
export function missingFile(options: readonly string[], system: System): Missing {
  const config = readKernelConfig(system.files)
  const off = config ? options.filter((option) => config.get(option) === 'n') : options
  const evidence = config ? options.map((option) => optionEvidence(config, option)) : []
  if (config && off.length > 0) {
    return {
      reason: `the kernel was built without ${off.join(' and ')} (ENOENT)`,
      cure: `use a kernel with ${withAll(off)}`,
      evidence: off.map((option) => optionEvidence(config, option)),
    }
  }
  const mount = readProcMount(system.files)
  if (mount?.options.includes('subset=pid')) {
    return {
      reason: '/proc is mounted with subset=pid, which hides it (ENOENT)',
      cure: sentence`mount /proc without subset=pid: ${shell('mount -t proc proc /proc')}`,
      evidence: [mount.evidence, ...evidence],
    }
  }
  const outside = 'run it outside of the container'
  if (config) {
    const reason = 'the kernel has it, but a container hides it (ENOENT)'
    return { reason, cure: outside, evidence }
  }
  return {
    reason: `the kernel was built without ${off.join(' or ')}, or a container hides it (ENOENT)`,
    cure: `use a kernel with ${withAll(off)}, or ${outside}`,
  }
}

function withAll(options: readonly string[]): string {
  return options.map((option) => `${option}=y`).join(' and ')
}
