import { filesAt } from '../linux/files-at.ts'
import type { System } from '../linux/system.ts'
import { loadAddon } from './addon.ts'

/** The machine below a folder that stands for `/`, with the CPU and the pages of this one. */
export function systemAt(root = '/'): System {
  return {
    files: filesAt(root),
    cpu: process.arch,
    get pageSize() {
      return loadAddon().pageSize
    },
  }
}
