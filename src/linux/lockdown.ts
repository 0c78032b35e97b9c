import { join } from 'node:path'
import { readLine } from './read.ts'

export type Lockdown = 'none' | 'integrity' | 'confidentiality'

/**
 * The active level in /sys/kernel/security/lockdown, which marks it with brackets
 * (`none [integrity] confidentiality`), or `undefined` where the file cannot be read.
 */
export function readLockdown(root = '/'): Lockdown | undefined {
  const text = readLine(join(root, 'sys/kernel/security/lockdown'))
  const level = /\[(none|integrity|confidentiality)\]/.exec(text)?.[1]
  return level as Lockdown | undefined
}
