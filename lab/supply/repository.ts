import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

function isRepository(folder: string): boolean {
  const path = join(folder, 'package.json')
  if (!existsSync(path) || !existsSync(join(folder, 'lab'))) return false
  return (JSON.parse(readFileSync(path, 'utf8')) as { name?: string }).name === 'physmem'
}

function search(start: string): string | undefined {
  for (let folder = start; ; folder = dirname(folder)) {
    if (isRepository(folder)) return folder
    if (folder === dirname(folder)) return undefined
  }
}

/** The repository's folder, also when this file runs from a bundle that lies elsewhere. */
export function repositoryRoot(): string {
  const root = search(import.meta.dirname) ?? search(process.cwd())
  if (root === undefined) throw new Error('the lab runs only inside the physmem repository')
  return root
}

export const labFolder = (): string => join(repositoryRoot(), 'lab')
