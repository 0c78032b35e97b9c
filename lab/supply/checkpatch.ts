import { existsSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { cached, cachePath } from './cache.ts'
import { command, findProgram } from './command.ts'
import { findPackage, unpackPackages } from './packages.ts'

/** Why it cannot be run, if so. */
export function checkpatchUnavailable(): string | undefined {
  if (!findProgram('perl')) return 'perl is not installed'
  return existsSync(cachePath('checkpatch')) ? undefined : 'checkpatch is not in the lab’s cache'
}

/** The folder with checkpatch.pl and its word lists, from the source of the newest tested kernel. */
export function ensureCheckpatch(): Promise<string> {
  return cached('checkpatch', async (folder) => {
    const found = await findPackage('linux-source-6.12', 'amd64')
    if (!found) throw new Error('Debian has no linux-source-6.12')
    const unpacked = `${folder}.unpacked`
    try {
      await unpackPackages([found], unpacked)
      await mkdir(folder, { recursive: true })
      const files = ['checkpatch.pl', 'spelling.txt', 'const_structs.checkpatch']
      await command('tar', [
        ...['-C', folder, '--strip-components=2', '--wildcards', '-xf'],
        join(unpacked, 'usr/src/linux-source-6.12.tar.xz'),
        ...files.map((file) => `*/scripts/${file}`),
      ])
      await writeFile(join(folder, 'package'), `${found.name} ${found.version}\n`)
    } finally {
      await rm(unpacked, { recursive: true, force: true })
    }
  })
}
