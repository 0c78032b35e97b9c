import type { Files } from './files.ts'
import { FolderFiles } from './folder-files.ts'

/** The files below a folder that stands for `/`. */
export function filesAt(folder = '/'): Files {
  return new FolderFiles(folder)
}
