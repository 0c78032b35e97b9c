/**
 * The kernel module is built without a warning for every kernel and CPU that it is meant for, and
 * the kernel's own checkers find nothing in it.
 */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { labTitle } from './available.ts'
import { ensureCheckpatch } from './checkpatch.ts'
import { command, findProgram } from './command.ts'
import { buildTargets, buildUnavailable, moduleBuildLog, objections } from './kmod-builds.ts'
import { repositoryRoot } from './repository.ts'

const folder = join(repositoryRoot(), 'kmod')
const sources = readdirSync(folder).filter((name) => /\.[ch]$/.test(name))

describe('the module', () => {
  for (const target of buildTargets) {
    const reason = buildUnavailable(target)
    const by = target.sparse ? ' and read by sparse' : ''
    it.skipIf(reason)(
      labTitle(`is built for ${target.title}${by} without a warning`, reason),
      async () => {
        const log = await moduleBuildLog(target)
        expect(objections(log)).toEqual([])
        expect(log).toMatch(/ LD \[M\] .*physmem\.ko/)
        const checked = log.match(/^ {2}CHECK {3}.*$/gm) ?? []
        const read = log.match(/^ {2}CC \[M\] .*$/gm) ?? []
        expect(checked.length > 0).toBe(target.sparse === true)
        // Every file but physmem.mod.c, which Kbuild writes.
        if (target.sparse) expect(checked.length).toBeGreaterThanOrEqual(read.length - 1)
      },
      300_000,
    )
  }

  const noPerl = findProgram('perl') ? undefined : 'perl is not installed'
  it.skipIf(noPerl)(
    labTitle('has the style of the kernel, as checkpatch sees it', noPerl),
    async () => {
      const checkpatch = join(await ensureCheckpatch(), 'checkpatch.pl')
      const output = await command(
        'perl',
        [
          ...[checkpatch, '--no-tree', '--strict', '--terse', '--show-types', '-f'],
          // A module for many kernels asks which one it is.
          ...['--ignore', 'LINUX_VERSION_CODE,CONSTANT_COMPARISON'],
          ...sources,
        ],
        { cwd: folder, accept: [0, 1] },
      )
      const lines = output.toString().trim().split('\n')
      expect(lines.filter((line) => !/^total: 0 errors, 0 warnings, 0 checks/.test(line))).toEqual(
        [],
      )
      expect(lines.length).toBe(sources.length)
    },
    300_000,
  )
})
