import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { archFacts, type GuestArch, type Series } from '../supply/arch.ts'
import { boardKernelUnavailable } from '../supply/board-kernel.ts'
import { builtKernelUnavailable } from '../supply/built-kernel.ts'
import { findProgram } from '../supply/command.ts'
import { kernelUnavailable } from '../supply/kernels.ts'
import { defaultNodeMajor, hasNode, type NodeMajor } from '../supply/node-binary.ts'
import { repositoryRoot } from '../supply/repository.ts'

/** Why a machine is not available, or undefined when it is. Looks only at what is there: quick. */
export function machineUnavailable(
  arch: GuestArch,
  series: Series,
  nodeMajor: NodeMajor = defaultNodeMajor,
): string | undefined {
  const { qemu } = archFacts[arch]
  if (!findProgram(qemu)) return `${qemu} is not installed`
  const noKernel = kernelUnavailable(arch, series)
  if (noKernel !== undefined) return noKernel
  if (!hasNode(arch, nodeMajor)) return `Node ${nodeMajor} for ${arch} is not in the lab's cache`
  return undefined
}

/** The same for a machine without Node, in which the agent serves. */
export function boardUnavailable(arch: GuestArch): string | undefined {
  const { qemu } = archFacts[arch]
  if (!findProgram(qemu)) return `${qemu} is not installed`
  return boardKernelUnavailable(arch) ?? agentUnavailable(arch)
}

/** Why there is no agent for these machines, if so. */
export function agentUnavailable(arch: GuestArch): string | undefined {
  return existsSync(agentFile(arch)) ? undefined : `there is no ${agentFile(arch)}`
}

export const agentFile = (arch: GuestArch): string =>
  join(repositoryRoot(), 'prebuilds', `linux-${archFacts[arch].node}`, 'physmem-agent')

/**
 * The same for a test that runs physmem in the machine. Meant for
 * `describe.skipIf(reason)(labTitle('…', reason), …)`, so that a skip is seen with its reason.
 */
export function labUnavailable(
  arch: GuestArch,
  series: Series,
  nodeMajor: NodeMajor = defaultNodeMajor,
): string | undefined {
  const addon = join('prebuilds', `linux-${archFacts[arch].node}`, 'physmem.node')
  const root = repositoryRoot()
  return (
    machineUnavailable(arch, series, nodeMajor) ??
    [addon, 'dist'].filter((path) => !existsSync(join(root, path))).map((path) => `no ${path}`)[0]
  )
}

/** The same on the kernel that the lab builds, which is for x86-64. */
export function builtUnavailable(): string | undefined {
  // Whatever else is needed, a packaged kernel needs, too.
  return builtKernelUnavailable() ?? labUnavailable('x86_64', '6.12')
}

/** A test's title that says why it is skipped, if it is. */
export const labTitle = (title: string, reason: string | undefined): string =>
  reason === undefined ? title : `${title} [skipped: ${reason}]`
