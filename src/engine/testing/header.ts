import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Why `numbersOf` cannot be used here; `undefined` when it can. */
export const noCompiler: string | undefined =
  process.platform === 'linux' && spawnSync('cc', ['--version'], { stdio: 'ignore' }).status === 0
    ? undefined
    : 'there is no cc on Linux'

/** What a C compiler takes expressions for, after `#include` of a header. */
export function numbersOf(header: string, names: readonly string[]): Record<string, number> {
  const folder = mkdtempSync(join(tmpdir(), 'physmem-header-'))
  try {
    const lines = names.map(
      (name) => `  printf("%s\\t%llu\\n", "${name}", (unsigned long long)(${name}));`,
    )
    const source = `#include <stddef.h>\n#include <stdio.h>\n#include "${header}"\nint main(void) {\n${lines.join('\n')}\n  return 0;\n}\n`
    writeFileSync(join(folder, 'header.c'), source)
    const program = join(folder, 'header')
    const built = spawnSync('cc', ['-Wall', '-Werror', '-o', program, join(folder, 'header.c')])
    if (built.status !== 0) throw new Error(built.stderr.toString())
    const { stdout } = spawnSync(program, { encoding: 'utf8' })
    const rows = stdout.trim().split('\n')
    return Object.fromEntries(rows.map((row) => row.split('\t')).map(([k, v]) => [k, Number(v)]))
  } finally {
    rmSync(folder, { recursive: true })
  }
}
