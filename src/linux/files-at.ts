import type { Files } from './files.ts'
import { FolderFiles } from './folder-files.ts'

/** The files below a folder that stands for `/`. */
export function filesAt(root = '/'): Files {
  return new FolderFiles(root)
}
