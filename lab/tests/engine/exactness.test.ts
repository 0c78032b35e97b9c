/**
 * Proof of exactness: hardware watchpoints count the accesses that every operation makes, on every
 * Node version that is supported, here and in an arm64 guest, which is slow: fewer calls there, and
 * much time. See exactness-probe.ts.
 */
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { labTitle, labUnavailable } from '../../machine/available.ts'
import { startMachine } from '../../machine/machine.ts'
import { hostArch } from '../../supply/arch.ts'
import { ensureNode, hasNode, type NodeMajor } from '../../supply/node-binary.ts'
import { repositoryRoot } from '../../supply/repository.ts'
import { soaked } from '../soak.ts'

interface Report {
  unavailable?: string
  cases: { name: string; expected: number[]; counted: number[] }[]
  /** Hits of watchpoints that no event counted: what they were in was counted again. */
  strays: number
}

const root = repositoryRoot()
/** Two levels below the repository, so that the engine is found from there. */
const probe = join(root, 'build/run/exactness-probe.mjs')
/** Counted; before them, uncounted; and of those, of what is a call of the engine anyway. */
const calls = [1000, 300_000, soaked(300_000, 5000)].map(String)
let folder = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'physmem-exact-'))
  await build({
    absWorkingDir: root,
    entryPoints: ['src/engine/testing/exactness-probe.ts'],
    outfile: probe,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'warning',
  })
})

afterAll(() => rm(folder, { recursive: true, force: true }))

function check(report: Report): void {
  expect(report.cases.length).toBeGreaterThan(400)
  const wrong = report.cases.filter(({ expected, counted }) => expected.join() !== counted.join())
  expect(wrong).toEqual([])
  if (report.strays > 0) process.stderr.write(`${report.strays} hits of watchpoints went astray\n`)
}

describe.concurrent.each([20, 22, 24, 26] satisfies NodeMajor[])('on Node %i', (major) => {
  const reason =
    hostArch === undefined
      ? `no watchpoints known for ${process.arch}`
      : hasNode(hostArch, major)
        ? undefined
        : `Node ${major} is not in the lab's cache`

  it.skipIf(reason)(
    labTitle('makes exactly the accesses that were asked for', reason),
    async (context) => {
      if (hostArch === undefined) return
      const node = await ensureNode(hostArch, major)
      const addon = join(root, `build/test/linux-${process.arch}/watch.node`)
      const { stdout } = await promisify(execFile)(node, [probe, addon, folder, ...calls])
      const report = JSON.parse(stdout) as Report
      if (report.unavailable) context.skip(report.unavailable)
      check(report)
    },
    600_000,
  )
})

describe('in an arm64 guest', () => {
  const reason = labUnavailable('aarch64', '6.1')

  it.skipIf(reason)(
    labTitle('makes exactly the accesses that were asked for', reason),
    async (context) => {
      await using machine = await startMachine({
        arch: 'aarch64',
        lifetimeMs: 620_000,
        files: [
          { path: '/opt/physmem/build/run/probe.mjs', source: probe, mode: 0o644 },
          {
            path: '/opt/physmem/watch.node',
            source: join(root, 'build/test/linux-arm64/watch.node'),
            mode: 0o755,
          },
        ],
      })
      const { stdout, stderr } = await machine.exec(
        'node /opt/physmem/build/run/probe.mjs /opt/physmem/watch.node /tmp 10 5000',
        { timeoutMs: 600_000 },
      )
      expect(stderr).toBe('')
      const report = JSON.parse(stdout) as Report
      if (report.unavailable) context.skip(report.unavailable)
      check(report)
    },
    660_000,
  )
})
