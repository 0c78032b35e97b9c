import { existsSync, readFileSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { ArchiveEntry } from './cpio.ts'
import { repositoryRoot } from './repository.ts'

/** Where the guest has the built package. */
const guestPackage = '/opt/physmem'

interface Manifest {
  readonly bin?: Readonly<Record<string, string>>
  readonly dependencies?: Readonly<Record<string, string>>
}

const readManifest = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest

/** What Node never loads is left out: every byte is unpacked by an emulated CPU. */
const isIdle = (file: string): boolean => /\.(d\.[cm]?ts|map|md)$|(^|\/)node_modules\//.test(file)

async function tree(folder: string, guest: string): Promise<ArchiveEntry[]> {
  if (!existsSync(folder)) return []
  const found = await readdir(folder, { recursive: true, withFileTypes: true })
  return found
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .filter((file) => !isIdle(file))
    .map((file) => ({ path: `${guest}/${file}`, source: join(folder, file) }))
}

/** The package's run-time dependencies and theirs, as the host's node_modules has them. */
async function dependencies(root: string): Promise<ArchiveEntry[]> {
  const names = new Set<string>()
  const visit = (folder: string): void => {
    for (const name of Object.keys(readManifest(folder).dependencies ?? {})) {
      const installed = join(root, 'node_modules', name)
      if (names.has(name) || !existsSync(installed)) continue
      names.add(name)
      visit(installed)
    }
  }
  visit(root)
  const trees = [...names].map((name) =>
    tree(join(root, 'node_modules', name), `${guestPackage}/node_modules/${name}`),
  )
  return (await Promise.all(trees)).flat()
}

/** The built package and its `physmem` command. What has not been built yet is left out. */
export async function productEntries(): Promise<ArchiveEntry[]> {
  const root = repositoryRoot()
  const program = readManifest(root).bin?.physmem ?? 'dist/cli/main.js'
  const wrapper = `#!/bin/sh\nexec /usr/bin/node ${guestPackage}/${program} "$@"\n`
  return [
    { path: '/usr/bin/physmem', mode: 0o755, content: wrapper },
    { path: `${guestPackage}/package.json`, source: join(root, 'package.json') },
    ...(await tree(join(root, 'dist'), `${guestPackage}/dist`)),
    ...(await tree(join(root, 'prebuilds'), `${guestPackage}/prebuilds`)),
    ...(await dependencies(root)),
  ]
}
