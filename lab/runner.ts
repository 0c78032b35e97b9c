import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Arch, compilerFor } from './arch.ts'
import { cached } from './cache.ts'
import { command } from './command.ts'
import { labFolder } from './repository.ts'

const flags = ['-std=c11', '-Wall', '-Wextra', '-Werror', '-O2', '-static']

/** A program of lab/guest, compiled for `arch`; built anew when it changes. */
export async function compileForGuest(arch: Arch, name: string): Promise<string> {
  const source = join(labFolder(), `guest/${name}.c`)
  const hash = createHash('sha256')
    .update(await readFile(source))
    .digest('hex')
    .slice(0, 12)
  return cached(`${name}/${arch}-${hash}`, async (temporary) => {
    await command(compilerFor(arch), [...flags, '-o', temporary, source])
  })
}

/** The guest's command runner (guest/runner.c). */
export const ensureRunner = (arch: Arch): Promise<string> => compileForGuest(arch, 'runner')
