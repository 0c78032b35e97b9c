import { join } from 'node:path'
import type { Files } from '../linux/files.ts'
import { filesAt } from '../linux/files-at.ts'
import { OnceFiles } from '../linux/once-files.ts'
import type { LocalSystem } from '../linux/system.ts'
import type { WordFile } from '../linux/word-file.ts'
import { loadAddon } from './addon.ts'
import { ScannedWords } from './scanned-words.ts'

/** The machine below a folder that stands for `/`, with the pages of this one. */
export function systemAt(folder = '/', cpu: string = process.arch): LocalSystem {
  return new FolderSystem(folder, cpu, filesAt(folder))
}

class FolderSystem implements LocalSystem {
  readonly isFetched = false
  readonly files: Files
  readonly cpu: string
  readonly #folder: string

  constructor(folder: string, cpu: string, files: Files) {
    this.files = files
    this.cpu = cpu
    this.#folder = folder
  }

  get isHere(): boolean {
    return this.#folder === '/'
  }

  get pageSize(): number {
    return loadAddon().pageSize
  }

  at(path: string): string {
    return join(this.#folder, path)
  }

  openWords(path: string): WordFile {
    return new ScannedWords(this.at(path), this.pageSize)
  }

  now(): LocalSystem {
    return new FolderSystem(this.#folder, this.cpu, new OnceFiles(filesAt(this.#folder)))
  }
}
