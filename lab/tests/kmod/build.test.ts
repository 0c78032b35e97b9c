/**
 * The kernel module is built without a warning for every kernel and CPU that it is meant for, and
 * the kernel's own checkers find nothing in it.
 */
import { readdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { labTitle } from '../../machine/available.ts'
import { checkpatchUnavailable, ensureCheckpatch } from '../../supply/checkpatch.ts'
import { command } from '../../supply/command.ts'
import { cachedKernel, type Kernel } from '../../supply/kernels.ts'
import {
  type BuildTarget,
  buildTargets,
  buildUnavailable,
  moduleBuildLog,
  moduleBuilt,
  objections,
} from '../../supply/kmod-builds.ts'
import { buildModule } from '../../supply/modules.ts'
import { repositoryRoot } from '../../supply/repository.ts'

const folder = join(repositoryRoot(), 'kmod')
const sources = readdirSync(folder).filter((name) => /\.[ch]$/.test(name))

/** The machine that loads what is built for a target. */
const machineOf = ({ kernel }: BuildTarget): Kernel | undefined =>
  'release' in kernel ? undefined : cachedKernel(kernel.arch, kernel.series)

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
        // Every file of ours, and none of those that Kbuild writes.
        const files = (step: string): string[] =>
          [...log.matchAll(new RegExp(`^ {2}${step} +.*?(\\w+)\\.[co]$`, 'gm'))]
            .map(([, name = '']) => name)
            .filter((name) => sources.includes(`${name}.c`))
        expect(files('CC \\[M\\]').length).toBeGreaterThanOrEqual(10)
        expect(files('CHECK')).toEqual(target.sparse ? files('CC \\[M\\]') : [])
        const kernel = machineOf(target)
        if (kernel === undefined) return
        const { content } = await buildModule(kernel, 'physmem')
        expect(content.equals(await readFile(await moduleBuilt(target)))).toBe(true)
      },
      300_000,
    )
  }

  const noCheckpatch = checkpatchUnavailable()
  it.skipIf(noCheckpatch)(
    labTitle('has the style of the kernel, as checkpatch sees it', noCheckpatch),
    async () => {
      const checkpatch = join(await ensureCheckpatch(), 'checkpatch.pl')
      const output = await command(
        'perl',
        [
          ...[checkpatch, '--no-tree', '--strict', '--show-types', '-f'],
          // A module for many kernels asks which one it is.
          ...['--ignore', 'LINUX_VERSION_CODE,CONSTANT_COMPARISON'],
          ...sources,
        ],
        { cwd: folder, accept: [0, 1] },
      )
      const text = output.toString()
      expect(text.match(/^(ERROR|WARNING|CHECK):.*(\n#.*)?/gm) ?? []).toEqual([])
      expect(text.match(/ has no obvious style problems/g)?.length).toBe(sources.length)
    },
    300_000,
  )
})
