import type { Files } from '../linux/files.ts'
import type { System } from '../linux/system.ts'

/** The same machine with other files. Its page size needs the engine, and is asked only when it is needed. */
export function withFiles(system: System, files: Files): System {
  return {
    files,
    cpu: system.cpu,
    get pageSize() {
      return system.pageSize
    },
  }
}
