import type { Files } from './files.ts'
import { filesAt } from './files-at.ts'
import { readLine } from './read.ts'

export type Lockdown = 'none' | 'integrity' | 'confidentiality'

/**
 * The active level in /sys/kernel/security/lockdown, which marks it with brackets
 * (`none [integrity] confidentiality`), or `undefined` where the file cannot be read.
 */
export function readLockdown(files: Files = filesAt()): Lockdown | undefined {
  const text = readLine(files, '/sys/kernel/security/lockdown')
  const level = /\[(none|integrity|confidentiality)\]/.exec(text)?.[1]
  return level as Lockdown | undefined
}
