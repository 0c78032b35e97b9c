/** How to get /dev/physmem on this machine, and what is missing for it. */

import { type Act, type Cure, type ShellLine, sentence } from '../base/cure.ts'
import { isRelease, readRelease } from '../linux/kernel-config.ts'
import { findHeaders, findModule, MODULE } from '../linux/kmod-files.ts'
import { isThere } from '../linux/read.ts'
import type { System } from '../linux/system.ts'
import { headersCommand } from './kmod-build.ts'
import { explainModules, explainNoModules, type ModuleRefusal } from './modules.ts'
import type { Refusal } from './refusal.ts'

const BUILD: Act = { act: 'build the module' }
const LOAD: Act = { act: 'load the module' }

/** Whether the module is loaded, whatever became of its node. */
export const isKmodLoaded = (system: System): boolean =>
  isThere(system.files, `/sys/module/${MODULE}`)

/**
 * The cures of a refusal that the module would not have made: the module first, with what is missing
 * for it, or after the others why it cannot be loaded.
 */
export function withKmod(
  system: System,
  others: readonly [string, ...string[]],
): Pick<Refusal, 'cure' | 'cures'> {
  const rest = others.join(', or ')
  const { cure, obstacle } = kmodCure(system)
  if (cure !== undefined) return { cure: sentence`${cure}; or ${rest}`, cures: [cure, ...others] }
  if (obstacle === undefined) return { cure: rest, cures: others }
  return {
    cure: `${rest}; ${obstacle}`,
    cures: [...others.slice(0, -1), `${others.at(-1)}; ${obstacle}`],
  }
}

/**
 * What brings the module where it would help, or why it cannot be loaded. Neither
 * where it is loaded, nor under lockdown, where it refuses to work.
 */
export function kmodCure(system: System): { cure?: Cure; obstacle?: string } {
  const modules = explainNoModules(system) ?? explainModules(system)
  if (isKmodLoaded(system) || modules?.refusal.code === 'EREFUSED_LOCKDOWN') return {}
  if (modules === undefined || modules.errno === 'EKEYREJECTED') {
    return { cure: getKmod(system, modules) }
  }
  const { reason } = modules.refusal
  return { obstacle: `the module of physmem would do, but cannot be loaded: ${reason}` }
}

/**
 * What brings /dev/physmem where modules can be loaded: the headers first, where they are missing.
 * `unsigned`: why only signed ones can.
 */
export function getKmod(system: System, unsigned?: ModuleRefusal): Cure {
  const release = readRelease(system.files)
  const signing = unsigned ? `, which says how to sign it: ${unsigned.refusal.reason}` : ''
  if (isRelease(release) && findModule(release, system.files)) {
    return sentence`load the module, which is built: ${LOAD}${signing}`
  }
  const { missing, install } = headersFor(release, system)
  const lines = { inOrder: [...(install ?? []), BUILD, LOAD] }
  if (!missing) return sentence`build and load the module: ${lines}${signing}`
  return install
    ? sentence`build and load the module, for which the headers of kernel ${release} are missing: ${lines}${signing}`
    : sentence`install the headers of kernel ${release}, then build and load the module: ${lines}${signing}`
}

/** What builds the module for a kernel, and before it what installs the headers where they are missing. */
export function buildKmodLine(release: string, system: System): Cure {
  const { missing, install } = headersFor(release, system)
  if (missing && !install) return sentence`install the headers of kernel ${release}, then ${BUILD}`
  return [{ inOrder: [...(install ?? []), BUILD] }]
}

/** Nothing is said of a kernel whose release is not known. */
function headersFor(release: string, system: System): { missing: boolean; install?: ShellLine[] } {
  const missing = isRelease(release) && findHeaders(release, system.files) === undefined
  const install = missing ? headersCommand(release, system) : undefined
  return { missing, ...(install === undefined ? {} : { install: [install] }) }
}
