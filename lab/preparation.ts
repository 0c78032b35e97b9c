import { rm } from 'node:fs/promises'
import { type Arch, arches, hostArch, type Series, seriesList } from './arch.ts'
import { ensureBuiltKernel } from './built-kernel.ts'
import { cachePath } from './cache.ts'
import { ensureCheckpatch } from './checkpatch.ts'
import { boardCpus, ensureDeviceTrees } from './device-trees.ts'
import { ensureBase } from './initramfs.ts'
import { ensureKernel } from './kernels.ts'
import { buildTargets, missingProgram, moduleBuildLog } from './kmod-builds.ts'
import { buildModule, labModules } from './modules.ts'
import { defaultNodeMajor, ensureNode, type NodeMajor } from './node-binary.ts'
import { ensureOtherKernel } from './other-kernels.ts'
import { ensureRunner } from './runner.ts'

type Report = (line: string) => void

interface Task {
  readonly title: string
  readonly run: () => Promise<unknown>
}

/** Newer Nodes run on this machine's own CPU only: they prove what each engine's compiler does. */
const newerMajors: readonly NodeMajor[] = [22, 24, 26]

const kernelTask = (arch: Arch, series: Series): Task => ({
  title: `kernel ${series} and the lab's UIO modules for ${arch}`,
  run: async () => {
    const kernel = await ensureKernel(arch, series)
    for (const name of await labModules()) await buildModule(kernel, name)
  },
})

/** Wanted by `npm run test:all` only: it takes minutes. */
const builtTask: Task = {
  title: 'the kernel of the lab’s own, without CONFIG_STRICT_DEVMEM',
  run: ensureBuiltKernel,
}

/** Of what is built once, until the module's source changes. */
const moduleTasks: readonly Task[] = buildTargets
  .filter((target) => missingProgram(target) === undefined)
  .map((target) => ({
    title: `the module for ${target.title}`,
    run: () => moduleBuildLog(target),
  }))

const otherKernelTasks: readonly Task[] = (['bullseye', 'sid'] as const).map((release) => ({
  title: `the kernel of Debian ${release}, and the module for it`,
  run: async () => buildModule(await ensureOtherKernel(release), 'physmem'),
}))

function tasks(): Task[] {
  const systems = arches.map((arch) => ({
    title: `Node ${defaultNodeMajor}, busybox and the runner for ${arch}`,
    run: async () => {
      await ensureRunner(arch)
      await ensureBase(arch, defaultNodeMajor)
    },
  }))
  const kernels = arches.flatMap((arch) => seriesList.map((series) => kernelTask(arch, series)))
  const trees = boardCpus.map((cpu) => ({
    title: `device trees of ${cpu} boards`,
    run: () => ensureDeviceTrees(cpu),
  }))
  const own = hostArch
  const nodes = own
    ? newerMajors.map((major) => ({ title: `Node ${major}`, run: () => ensureNode(own, major) }))
    : []
  const checks = { title: 'checkpatch', run: ensureCheckpatch }
  return [...systems, ...kernels, ...trees, ...nodes, ...moduleTasks, ...otherKernelTasks, checks]
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

/**
 * Fetches and builds everything that the machines need. What cannot be had is reported and left
 * out (its tests are skipped, with the reason); gives the number of such failures. With `built`, the
 * kernel that the lab builds is made, too.
 */
export async function prepareLab(report: Report, { built = false } = {}): Promise<number> {
  let failures = 0
  for (const { title, run } of [...tasks(), ...(built ? [builtTask] : [])]) {
    const start = performance.now()
    try {
      await run()
      const seconds = (performance.now() - start) / 1000
      if (seconds > 0.2) report(`lab: ${title}: done in ${seconds.toFixed(1)} s`)
    } catch (error) {
      failures += 1
      report(`lab: ${title}: cannot be had: ${(error as Error).message}`)
    }
  }
  return failures
}
