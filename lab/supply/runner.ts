import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { compilerFor, type GuestArch } from './arch.ts'
import { cached } from './cache.ts'
import { command } from './command.ts'
import { labFolder, repositoryRoot } from './repository.ts'

const flags = ['-std=c11', '-Wall', '-Wextra', '-Werror', '-O2']
const kinds = {
  program: () => ['-static'],
  addon: () => [
    ...['-shared', '-fPIC', '-DNAPI_VERSION=8'],
    ...['-I', join(repositoryRoot(), 'node_modules/node-api-headers/include')],
  ],
}

/** A C file with those of this project that it includes. */
async function withIncluded(path: string): Promise<Buffer[]> {
  const text = await readFile(path)
  const names = [...text.toString().matchAll(/^#include "([^"]+)"/gm)].map(([, name = '']) => name)
  const included = names.map((name) => withIncluded(join(dirname(path), name)))
  return [text, ...(await Promise.all(included)).flat()]
}

/** A program of lab/guest, or an addon for its Node, compiled for `arch`; kept until it changes. */
export async function compileForGuest(
  arch: GuestArch,
  name: string,
  kind: keyof typeof kinds = 'program',
): Promise<string> {
  const source = join(labFolder(), `guest/${name}.c`)
  const hash = createHash('sha256')
    .update(Buffer.concat(await withIncluded(source)))
    .digest('hex')
    .slice(0, 12)
  return cached(`${name}/${arch}-${hash}`, async (temporary) => {
    await command(compilerFor(arch), [...flags, ...kinds[kind](), '-o', temporary, source])
  })
}

/** The guest's command runner (guest/runner.c). */
export const ensureRunner = (arch: GuestArch): Promise<string> => compileForGuest(arch, 'runner')
