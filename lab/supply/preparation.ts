import { rm } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import {
  type Arch,
  arches,
  boardArches,
  type GuestArch,
  hostArch,
  type Series,
  seriesList,
} from './arch.ts'
import { ensureBoardKernel } from './board-kernel.ts'
import { ensureBuiltKernel } from './built-kernel.ts'
import { cachePath } from './cache.ts'
import { ensureCheckpatch } from './checkpatch.ts'
import { boardCpus, ensureDeviceTrees } from './device-trees.ts'
import { forkServerEntries } from './fork-server.ts'
import { ensureHeaders } from './headers.ts'
import { ensureBase } from './initramfs.ts'
import { ensureKernel } from './kernels.ts'
import { buildTargets, ensureTargetHeaders, missingProgram, moduleBuildLog } from './kmod-builds.ts'
import { limited } from './limited.ts'
import { buildModule, labModules } from './modules.ts'
import { defaultNodeMajor, ensureNode, type NodeMajor } from './node-binary.ts'
import { ensureOtherKernel } from './other-kernels.ts'
import { ensureRunner } from './runner.ts'

type Report = (line: string) => void

interface Task {
  readonly title: string
  /** Waits for a mirror most of the time. */
  readonly fetch?: () => Promise<unknown>
  /** Keeps a CPU busy. */
  readonly build?: () => Promise<unknown>
}

/** What is prepared: all that the tests need; what lab/tests/built needs besides; what the demo needs. */
export type Purpose = 'tests' | 'built' | 'demo'

/** Newer Nodes run on this machine's own CPU only: they prove what each engine's compiler does. */
const newerMajors: readonly NodeMajor[] = [22, 24, 26]

const systemTasks: readonly Task[] = arches.map((arch) => ({
  title: `Node ${defaultNodeMajor}, busybox and the runner for ${arch}`,
  fetch: () => ensureBase(arch, defaultNodeMajor),
  build: async () => {
    await ensureRunner(arch)
    await forkServerEntries(arch)
  },
}))

const kernelTask = (arch: Arch, series: Series): Task => ({
  title: `kernel ${series} for ${arch}`,
  fetch: () => ensureKernel(arch, series),
})

/** Of machines without Node. */
const boardTasks: readonly Task[] = (['aarch64', ...boardArches] as const).map(
  (arch: GuestArch) => ({
    title: `the kernel, busybox and the runner for ${arch} without Node`,
    fetch: async () => {
      await ensureBoardKernel(arch)
      await ensureBase(arch, 'none')
    },
    build: () => ensureRunner(arch),
  }),
)

const moduleTask = (arch: Arch, series: Series): Task => ({
  title: `the lab's modules for kernel ${series} for ${arch}`,
  fetch: async () => ensureHeaders(await ensureKernel(arch, series)),
  build: async () => {
    const kernel = await ensureKernel(arch, series)
    for (const name of await labModules()) await buildModule(kernel, name)
  },
})

/** Of what is built once, until the module's source changes. */
const moduleBuildTasks: readonly Task[] = buildTargets
  .filter((target) => missingProgram(target) === undefined)
  .map((target) => ({
    title: `the module for ${target.title}`,
    fetch: () => ensureTargetHeaders(target),
    build: () => moduleBuildLog(target),
  }))

const otherKernelTasks: readonly Task[] = (['bullseye', 'sid'] as const).map((release) => ({
  title: `the kernel of Debian ${release}, and the module for it`,
  fetch: () => ensureOtherKernel(release),
  build: async () => buildModule(await ensureOtherKernel(release), 'physmem'),
}))

function testTasks(): Task[] {
  const each = <T>(make: (arch: Arch, series: Series) => T): T[] =>
    arches.flatMap((arch) => seriesList.map((series) => make(arch, series)))
  const trees = boardCpus.map((cpu) => ({
    title: `device trees of ${cpu} boards`,
    fetch: () => ensureDeviceTrees(cpu),
  }))
  const own = hostArch
  const nodes = own
    ? newerMajors.map((major) => ({ title: `Node ${major}`, fetch: () => ensureNode(own, major) }))
    : []
  return [
    ...systemTasks,
    ...each(kernelTask),
    ...each(moduleTask),
    ...trees,
    ...nodes,
    ...moduleBuildTasks,
    ...otherKernelTasks,
    ...boardTasks,
    { title: 'checkpatch', fetch: ensureCheckpatch },
  ]
}

/** It takes minutes. */
const builtTask: Task = {
  title: 'the kernel of the lab’s own, without CONFIG_STRICT_DEVMEM',
  build: ensureBuiltKernel,
}

const tasksFor: Readonly<Record<Purpose, () => Task[]>> = {
  tests: testTasks,
  built: () => [builtTask],
  // Its machines are those of demo/on-kernels.ts.
  demo: () => [...systemTasks, ...arches.map((arch) => kernelTask(arch, '6.1'))],
}

/** Forgets what rolls with Debian's updates, so that the next preparation fetches the newest. */
export async function forgetKernels(): Promise<void> {
  for (const name of [
    'apt',
    'kernels',
    'built',
    'headers',
    'modules',
    'module-builds',
    'device-trees',
  ]) {
    await rm(cachePath(name), { recursive: true, force: true })
  }
}

/** Mirrors are shared with others; what is built takes a CPU each. */
const [fetching, building] = [limited(3), limited(availableParallelism())]

/** Says what is being done when it takes longer than a look into the cache. */
async function told<T>(report: Report, title: string, work: () => Promise<T>): Promise<T> {
  const start = performance.now()
  const timer = setTimeout(() => report(`lab: ${title} …`), 500)
  try {
    const result = await work()
    const seconds = (performance.now() - start) / 1000
    if (seconds > 0.5) report(`lab: ${title}: done in ${seconds.toFixed(1)} s`)
    return result
  } finally {
    clearTimeout(timer)
  }
}

/**
 * Fetches and builds what the machines need, several things at a time. What is not available is
 * reported and left out (its tests are skipped, with the reason); gives the number of such failures.
 * With `fetchOnly` nothing is built, and nothing is said of what failed: it is tried again later.
 */
export async function prepareLab(
  report: Report,
  purpose: Purpose,
  { fetchOnly = false } = {},
): Promise<number> {
  let failures = 0
  const prepare = async ({ title, fetch, build }: Task): Promise<void> => {
    try {
      if (fetch) await fetching(() => told(report, `fetching ${title}`, fetch))
      if (build && !fetchOnly) await building(() => told(report, `building ${title}`, build))
    } catch (error) {
      failures += 1
      if (!fetchOnly) report(`lab: ${title}: not available: ${(error as Error).message}`)
    }
  }
  await Promise.all(tasksFor[purpose]().map(prepare))
  return failures
}
