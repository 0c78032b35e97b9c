import { RequestError } from '../base/errors.ts'
import { systemAt } from '../engine/system-at.ts'
import type { LocalSystem } from '../linux/system.ts'
import { SYSTEM } from '../linux/system-kinds.ts'
import { hex } from '../memory/value.ts'
import { counted } from '../text/count.ts'
import { formatAddress, formatHex } from '../text/number.ts'
import { checkKind, checkOptions, type OptionKinds } from '../text/options.ts'
import type { Backing, Caching, Origin } from './backing.ts'
import type { PhysicalBuffer } from './buffer.ts'
import type { Wanted } from './kmod.ts'

export interface AllocateOptions {
  /** At least 1; rounded up to whole pages. */
  length: number
  /** How this CPU's accesses are cached. Default `write-back`, which is all that `hugetlb` has. */
  caching?: Caching
  /** The end must not lie above this physical address: 2 ** 32 for devices with 32-bit addresses. */
  belowAddress?: number
  /** Of the physical address: a power of two. Default: the page size. */
  alignment?: number
  /**
   * `kmod` (default): the kernel module, /dev/physmem. `hugetlb`: huge pages of this process, without
   * a module; their number must be reserved, and CAP_SYS_ADMIN is needed for their addresses.
   */
  from?: Origin
}

const CACHINGS: readonly Caching[] = ['write-back', 'write-combine', 'uncached']
const ORIGINS: readonly Origin[] = ['kmod', 'hugetlb']
/** No CPU has more physical addresses. */
const MOST = 2 ** 52

/**
 * Allocates RAM that is contiguous in physical memory and full of zeros, for a device and this program
 * to share. It is freed by `close()` or `using`, and when the process ends.
 *
 * Rejects with a RequestError (ERANGE, EUSAGE) for what cannot be asked; with ENOMEMORY when no such
 * memory is free; with EREFUSED_NO_KMOD and the like where the module is not available; with
 * EHIDDEN where the address of huge pages is hidden.
 */
export function allocateBuffer(options: AllocateOptions): Promise<PhysicalBuffer>
/** @internal Of a machine that this is not. */
export function allocateBuffer(
  options: AllocateOptions,
  system: LocalSystem,
): Promise<PhysicalBuffer>
export async function allocateBuffer(
  options: AllocateOptions,
  system: LocalSystem = systemAt(),
): Promise<PhysicalBuffer> {
  checkKind('system', system, SYSTEM)
  checkOptions('allocateBuffer', options, OPTIONS, '{ length: 4096 }')
  if (options.length === undefined) {
    throw new RequestError('EUSAGE', 'length: expected a number, not undefined')
  }
  const { from = 'kmod' } = options
  const wanted = checked(options)
  const { PhysicalBuffer } = await import('./buffer.ts')
  return new PhysicalBuffer(await allocate(from, wanted, system), wanted.below, system.files)
}

async function allocate(from: Origin, wanted: Wanted, system: LocalSystem): Promise<Backing> {
  if (from === 'kmod') return await (await import('./kmod.ts')).allocateByKmod(wanted, system)
  return await (await import('./hugetlb.ts')).allocateHugePages(wanted, system)
}

function checked(options: AllocateOptions): Wanted {
  const { length, caching = 'write-back', belowAddress: below, alignment } = options
  if (!Number.isSafeInteger(length) || length < 1 || length > MOST) {
    const expected = `expected 1 to ${MOST}`
    throw new RequestError('ERANGE', `a buffer of ${counted(length, 'byte')}: ${expected}`, {
      length,
    })
  }
  if (below !== undefined && (!Number.isSafeInteger(below) || below < 1)) {
    const most = formatHex(Number.MAX_SAFE_INTEGER)
    const expected = `expected an address from 0x1 to ${most}, or nothing for no limit`
    throw new RequestError('ERANGE', `a buffer below ${hex(below)}: ${expected}`)
  }
  if (below !== undefined && below < length) {
    const message = `a buffer of ${counted(length, 'byte')} does not fit below ${formatAddress(below)}`
    throw new RequestError('ERANGE', message, { length })
  }
  if (alignment !== undefined && !isPowerOfTwo(alignment)) {
    const expected = `expected a power of two, up to ${formatHex(MOST)}`
    const message = `an alignment of ${hex(alignment)}: ${expected}`
    throw new RequestError('ERANGE', message)
  }
  return { length, caching, below: below ?? 0, alignment: alignment ?? 0 }
}

const OPTIONS: OptionKinds<AllocateOptions> = {
  length: 'number',
  caching: CACHINGS,
  belowAddress: 'number',
  alignment: 'number',
  from: ORIGINS,
}

function isPowerOfTwo(value: number): boolean {
  if (!Number.isSafeInteger(value) || value < 1) return false
  return (BigInt(value) & (BigInt(value) - 1n)) === 0n
}
