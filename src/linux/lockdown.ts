import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export type Lockdown = 'none' | 'integrity' | 'confidentiality'

/**
 * The active level in /sys/kernel/security/lockdown, which marks it with brackets
 * (`none [integrity] confidentiality`), or `undefined` where the file cannot be read.
 */
export function readLockdown(root = '/'): Lockdown | undefined {
  try {
    const text = readFileSync(join(root, 'sys/kernel/security/lockdown'), 'utf8')
    const level = /\[(none|integrity|confidentiality)\]/.exec(text)?.[1]
    return level as Lockdown | undefined
  } catch {
    return undefined
  }
}
