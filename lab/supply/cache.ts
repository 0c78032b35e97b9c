import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

/**
 * Where the lab keeps what it fetched and built. Outside the repository, so that a fresh clone
 * does not fetch kernels again.
 */
export function cacheFolder(): string {
  const own = process.env.PHYSMEM_LAB_CACHE
  if (own) return own
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'physmem-lab')
}

export const cachePath = (...parts: string[]): string => join(cacheFolder(), ...parts)

const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** A lock is left behind when its process is gone, or never came so far as to write its number. */
async function isLeftBehind(lock: string): Promise<boolean> {
  try {
    const pid = Number(await readFile(join(lock, 'pid'), 'utf8'))
    if (pid > 0) return !isRunning(pid)
  } catch {
    // no number yet
  }
  try {
    return Date.now() - (await stat(lock)).mtimeMs > 10_000
  } catch {
    return false // freed just now
  }
}

/** Runs `work` while no other process does so under the same name. */
export async function withLock<T>(name: string, work: () => Promise<T>): Promise<T> {
  const lock = cachePath(`${name}.lock`)
  await mkdir(dirname(lock), { recursive: true })
  for (;;) {
    try {
      await mkdir(lock)
      break
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
    if (await isLeftBehind(lock)) await rm(lock, { recursive: true, force: true })
    else await delay(100)
  }
  try {
    await writeFile(join(lock, 'pid'), String(process.pid))
    return await work()
  } finally {
    await rm(lock, { recursive: true, force: true })
  }
}

/**
 * The path of a cached file or folder; made by `make` when it is not there. It appears under its
 * final name only when it is complete, and two processes that want it make it once.
 */
export async function cached(
  name: string,
  make: (temporary: string) => Promise<void>,
): Promise<string> {
  const path = cachePath(name)
  if (existsSync(path)) return path
  return withLock(name, async () => {
    if (existsSync(path)) return path
    // What a process left behind that was killed while it made this.
    for (const name of await readdir(dirname(path))) {
      if (!name.startsWith(`${basename(path)}.part-`)) continue
      await rm(join(dirname(path), name), { recursive: true, force: true })
    }
    const temporary = `${path}.part-${process.pid}`
    try {
      await make(temporary)
      await rename(temporary, path)
    } finally {
      await rm(temporary, { recursive: true, force: true })
    }
    return path
  })
}
