import type { PhysmemError } from '../base/errors.ts'
import { FrameFile, type FrameFileName } from '../linux/page-frames.ts'
import type { PagedSystem, System } from '../linux/system.ts'
import { refusalError } from './error.ts'
import { missingFile } from './missing.ts'
import { explainOpen } from './node.ts'
import { permissionRefusal } from './permissions.ts'
import type { Refusal } from './refusal.ts'

/** Opens one, or throws a RefusedError that says why not. */
export function openFrameFile(name: FrameFileName, system: PagedSystem): FrameFile {
  try {
    return new FrameFile(name, system)
  } catch (cause) {
    const errno = String((cause as { data?: { errno?: unknown } }).data?.errno ?? 'unknown error')
    throw frameFileRefused(errno, name, system.now(), cause)
  }
}

/** The error of one that could not be opened. */
export function frameFileRefused(
  errno: string,
  name: FrameFileName,
  system: System,
  cause: unknown,
): PhysmemError {
  const what = `/proc/${name} cannot be opened`
  return refusalError(what, explainFrameFile(errno, name, system), { errno }, { cause })
}

/** Why one could not be opened: fs/proc/page.c, mode 0400, and no capability is asked for. */
export function explainFrameFile(errno: string, name: FrameFileName, system: System): Refusal {
  if (errno === 'EACCES') return permissionRefusal(system)
  if (errno !== 'ENOENT') return explainOpen(errno)
  const more = name === 'kpagecgroup' ? ['CONFIG_MEMCG'] : []
  return { code: 'EREFUSED', ...missingFile(['CONFIG_PROC_PAGE_MONITOR', ...more], system) }
}
