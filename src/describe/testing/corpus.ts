/**
 * Files of vendors, which are not part of the project: tests with them are skipped where none are.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { SourceText } from '../model.ts'

/** `shared/corpus` beside the repository, or another folder. */
const CORPUS =
  process.env.PHYSMEM_CORPUS ?? fileURLToPath(new URL('../../../../shared/corpus', import.meta.url))

/** Whether there are files of this kind: `svd`. */
export function hasCorpus(kind: string): boolean {
  return existsSync(join(CORPUS, kind))
}

export function corpusFile(kind: string, name: string): SourceText {
  const text = readFileSync(join(CORPUS, kind, name), 'utf8')
  return { name, text, open: (other) => corpusFile(kind, other) }
}
