import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

interface Locked {
  readonly dependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
  readonly integrity?: string
  readonly resolved?: string
}

const file = new URL('../package-lock.json', import.meta.url)
const { packages } = JSON.parse(readFileSync(file, 'utf8')) as { packages: Record<string, Locked> }
const locked = Object.entries(packages).filter(([path]) => path !== '')

/** Where Node finds a package that `path` needs: beside it, or further out. */
function isFound(name: string, path: string): boolean {
  for (let folder = path; ; folder = folder.replace(/(^|\/)node_modules\/(@[^/]+\/)?[^/]+$/, '')) {
    const prefix = folder === '' ? '' : `${folder}/`
    if (`${prefix}node_modules/${name}` in packages) return true
    if (folder === '') return false
  }
}

it('names the packages of all operating systems and CPUs, or npm ci refuses it', () => {
  const missing = locked.flatMap(([path, { dependencies, optionalDependencies }]) =>
    Object.keys({ ...dependencies, ...optionalDependencies })
      .filter((name) => !isFound(name, path))
      .map((name) => `${name} of ${path}`),
  )
  expect(missing).toEqual([])
})

it('has a checksum of every package, and no address of a registry', () => {
  expect(locked.filter(([, { integrity }]) => !integrity).map(([path]) => path)).toEqual([])
  expect(locked.filter(([, { resolved }]) => resolved).map(([path]) => path)).toEqual([])
})
