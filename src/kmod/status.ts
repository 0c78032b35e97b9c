import type { Cure } from '../base/cure.ts'
import { PhysmemError } from '../base/errors.ts'
import { readRelease } from '../linux/kernel-config.ts'
import { findHeaders, findModule, isPacked, MODULE } from '../linux/kmod-files.ts'
import { isThere, readLine } from '../linux/read.ts'
import type { LocalSystem, System } from '../linux/system.ts'
import { buildKmodLine } from '../refusal/get-kmod.ts'
import { explainModules, explainNoModules } from '../refusal/modules.ts'
import type { Refusal } from '../refusal/refusal.ts'
import { openKmodDevice } from './client/device.ts'
import { readModuleInfo } from './module-info.ts'
import { sourceFolder } from './source.ts'

export interface KmodStatus {
  /** The kernel that runs. */
  release: string
  loaded: boolean
  /** Descriptors and mappings that use it; `undefined` when it is not loaded. */
  users: number | undefined
  /** Why /dev/physmem does not work; `undefined` when it does, or the module is not loaded. */
  deviceError: string | undefined
  /** The file that `load` takes; `undefined` when it is not built for this kernel. */
  built: string | undefined
  /** Not known of a file that is packed: `false`. */
  signed: boolean
  /** The kernel's headers; `undefined` when they are not installed. */
  headers: string | undefined
  source: string
  /** Why a module that nobody signed would not be loaded; `undefined` when nothing forbids it. */
  refusal: Refusal | undefined
  /** What brings the module further; `undefined` when it works, or nothing helps. */
  next: Cure | undefined
}

/** How the module stands on this machine. Opens /dev/physmem where there is one; changes nothing. */
export function readKmodStatus(system: LocalSystem): KmodStatus {
  const release = readRelease(system.files)
  const folder = `/sys/module/${MODULE}`
  const loaded = isThere(system.files, folder)
  const found = findModule(release, system.files)
  const built = found && system.at(found)
  const headers = findHeaders(release, system.files)
  const forbidden = explainModules(system.now())
  const status = {
    release,
    loaded,
    users: loaded ? Number(readLine(system.files, `${folder}/refcnt`)) : undefined,
    deviceError: loaded ? openingError(system) : undefined,
    built,
    signed: built !== undefined && (readModuleInfo(built)?.signed ?? false),
    headers: headers && system.at(headers),
    source: sourceFolder(),
    refusal: forbidden?.refusal,
  }
  return { ...status, next: nextStep(status, system.now()) }
}

function openingError(system: LocalSystem): string | undefined {
  try {
    openKmodDevice('read', system).close()
    return undefined
  } catch (error) {
    if (error instanceof PhysmemError) return error.message
    throw error
  }
}

function nextStep(status: Omit<KmodStatus, 'next'>, system: System): Cure | undefined {
  const { loaded, built, refusal, signed, release } = status
  if (loaded) return undefined
  const none = explainNoModules(system)
  if (none) return none.refusal.cure
  if (built === undefined) return buildKmodLine(release, system)
  // Whether what is packed is signed shows when it is loaded.
  return refusal === undefined || signed || isPacked(built)
    ? [{ act: 'load the module' }]
    : refusal.cure
}
