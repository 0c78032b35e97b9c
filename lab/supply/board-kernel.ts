/** The kernels of machines without Node. */
import type { GuestArch } from './arch.ts'
import { ensureKernel, type Kernel, kernelUnavailable } from './kernels.ts'
import { ensureOtherKernel, otherKernelUnavailable } from './other-kernels.ts'

/** The lab's own release of Debian is not for this CPU. */
const isOfNewest = (arch: GuestArch): boolean => arch === 'riscv64'

/** Why there is none, if so. Looks only at what is there: quick. */
export const boardKernelUnavailable = (arch: GuestArch): string | undefined =>
  isOfNewest(arch) ? otherKernelUnavailable('sid', arch) : kernelUnavailable(arch, '6.1')

/** The kernel; fetched when it is not in the cache. */
export const ensureBoardKernel = (arch: GuestArch): Promise<Kernel> =>
  isOfNewest(arch) ? ensureOtherKernel('sid', arch) : ensureKernel(arch, '6.1')
