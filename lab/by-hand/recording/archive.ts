import { mkdir, mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { command } from '../../supply/command.ts'
import type { RecordedEntry } from './entries.ts'

async function write(folder: string, entry: RecordedEntry): Promise<void> {
  const path = join(folder, entry.path)
  await mkdir('folder' in entry ? path : dirname(path), { recursive: true })
  if ('link' in entry) await symlink(entry.link, path)
  if ('content' in entry) await writeFile(path, Buffer.from(entry.content, 'base64'))
}

/** Writes a gzipped tar file that is the same for the same entries. Returns its size. */
export async function writeArchive(
  file: string,
  trees: Record<string, RecordedEntry[]>,
): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'physmem-recording-'))
  try {
    for (const [name, entries] of Object.entries(trees)) {
      await mkdir(join(folder, name))
      for (const entry of entries) await write(join(folder, name), entry)
    }
    const same = ['--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner']
    const rights = '--mode=u=rwX,go=rX'
    const names = Object.keys(trees)
    const tar = ['--format=gnu', ...same, rights, '-C', folder, '-cf', `${folder}.tar`, ...names]
    await command('tar', tar)
    await writeFile(file, await command('gzip', ['-9nc', `${folder}.tar`]))
    return (await stat(file)).size
  } finally {
    await rm(folder, { recursive: true, force: true })
    await rm(`${folder}.tar`, { force: true })
  }
}
