import type { Arch } from '../arch.ts'
import type { ArchiveEntry } from '../cpio.ts'
import { compileForGuest } from '../runner.ts'

/** The program of the pages, where their shell is. */
export async function variableProgram(arch: Arch): Promise<ArchiveEntry> {
  return { path: '/root/variable', source: await compileForGuest(arch, 'variable'), mode: 0o755 }
}
