import { join } from 'node:path'
import { filesAt } from '../linux/files-at.ts'
import { OnceFiles } from '../linux/once-files.ts'
import type { LocalSystem } from '../linux/system.ts'
import { loadAddon } from './addon.ts'

/**
 * The machine below a folder that stands for `/`, with the pages of this one, at one moment: each of
 * its facts is read once, so it is made for one question.
 */
export function systemAt(root = '/', cpu: string = process.arch): LocalSystem {
  return {
    files: new OnceFiles(filesAt(root)),
    cpu,
    get pageSize() {
      return loadAddon().pageSize
    },
    at: (path) => join(root, path),
  }
}
