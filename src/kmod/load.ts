import { closeSync, openSync } from 'node:fs'
import { errnoName } from '../base/errno.ts'
import { RequestError } from '../base/errors.ts'
import { loadAddon } from '../engine/addon.ts'
import type { Files } from '../linux/files.ts'
import { readRelease } from '../linux/kernel-config.ts'
import { findModule, isPacked, MODULE, modulePlaces } from '../linux/kmod-files.ts'
import { findOpeners } from '../linux/open-files.ts'
import { listProcesses } from '../linux/processes.ts'
import { isThere, readText } from '../linux/read.ts'
import type { LocalSystem, System } from '../linux/system.ts'
import { refusalError } from '../refusal/error.ts'
import { explainNoModules } from '../refusal/modules.ts'
import { type ModuleInfo, readModuleInfo } from './module-info.ts'
import { explainKmodLoad, explainKmodUnload, notBuiltRefusal } from './refusal/load.ts'

/** The two system calls, answering with a negative errno; tests replace them. */
export interface ModuleCalls {
  moduleLoad(fd: number, flags: number): number
  moduleUnload(name: string): number
}

export interface LoadOptions {
  /** Default: the module that was built or installed for the running kernel. */
  file?: string
  system: LocalSystem
  calls?: ModuleCalls
}

/** MODULE_INIT_COMPRESSED_FILE of include/uapi/linux/module.h: kernels from 5.17 on unpack it. */
const COMPRESSED_FILE = 4

const isLoaded = (files: Files): boolean => isThere(files, `/sys/module/${MODULE}`)

/**
 * Loads the module into the running kernel, and returns its file; `undefined` when it is loaded
 * already, and nothing was done. Throws RequestError ENOPLACE for a file that does not exist, and
 * RefusedError with the kernel's reason, and what helps, where it is refused. Needs CAP_SYS_MODULE.
 */
export function loadKmod({ file, system, calls = loadAddon() }: LoadOptions): string | undefined {
  if (isLoaded(system.files)) return undefined
  const running = readRelease(system.files)
  const path = file ?? findBuilt(running, system)
  const builtFor = infoOf(path)?.release
  const fd = openSync(path, 'r')
  try {
    const packed = isPacked(path)
    const answer = calls.moduleLoad(fd, packed ? COMPRESSED_FILE : 0)
    if (answer === 0) return path
    const errno = errnoName(-answer)
    // Somebody else was faster.
    if (errno === 'EEXIST') return undefined
    const refusal = explainKmodLoad(errno, { file: path, packed, builtFor, running }, system.now())
    throw refusalError(`${path} cannot be loaded`, refusal, { errno })
  } finally {
    closeSync(fd)
  }
}

/** Unloads the module; throws RefusedError where it is in use (EINUSE), not loaded, or refused. */
export function unloadKmod(system: System, calls: ModuleCalls = loadAddon()): void {
  const answer = calls.moduleUnload(MODULE)
  if (answer === 0) return
  const errno = errnoName(-answer)
  const refusal = explainKmodUnload(errno, users(system.files), system)
  throw refusalError('the kernel module cannot be unloaded', refusal, { errno })
}

function findBuilt(release: string, system: LocalSystem): string {
  const found = findModule(release, system.files)
  if (found !== undefined) return system.at(found)
  const none = explainNoModules(system.now())
  const places = modulePlaces(release).map((place) => system.at(place))
  const refusal = none?.refusal ?? notBuiltRefusal(release, places)
  throw refusalError('the kernel module cannot be loaded', refusal)
}

function infoOf(file: string): ModuleInfo | undefined {
  try {
    return readModuleInfo(file)
  } catch (error) {
    const errno = (error as NodeJS.ErrnoException).code ?? 'unknown error'
    const reasons: Record<string, string> = {
      ENOENT: 'there is no such file',
      EISDIR: 'it is a folder',
    }
    const reason = reasons[errno] ?? errno
    throw new RequestError('ENOPLACE', `${file} cannot be read: ${reason}`, { input: file, errno })
  }
}

/** Who has the device or a buffer open or mapped. */
function users(files: Files): string[] {
  const names = ['/dev/physmem', 'anon_inode:[physmem-buffer]']
  const openers = new Set(findOpeners((file) => names.includes(file), files).map(({ pid }) => pid))
  const maps = (pid: number) => readText(files, `/proc/${pid}/maps`) ?? ''
  const mapped = (pid: number) => names.some((name) => maps(pid).includes(` ${name}\n`))
  return listProcesses(files)
    .filter(({ pid }) => openers.has(pid) || mapped(pid))
    .map(({ pid, name }) => `process ${pid} (${name})`)
}
