/** Why a virtual address has no physical one: one error for each case. */

import type { ErrorData } from '../base/error-data.ts'
import { type ErrorCode, PhysmemError, RefusedError } from '../base/errors.ts'
import type { Mapping } from '../linux/maps.ts'
import type { PageEntry } from '../linux/pagemap.ts'
import { type MappingDetails, readSmaps } from '../linux/smaps.ts'
import type { PagedSystem } from '../linux/system.ts'
import { refusalError } from '../refusal/error.ts'
import { explainHiddenFrames } from '../refusal/pagemap.ts'
import { printable } from '../text/refuse.ts'
import {
  describeMapping,
  isAnonymous,
  KERNEL_HALF,
  mappingAt,
  neighboursOf,
  showVirtual,
} from './mappings.ts'

/** What was asked: named in every message. */
export interface Question {
  pid: number
  virtual: bigint
  system: PagedSystem
}

function error(
  { pid, virtual }: Question,
  code: ErrorCode,
  reason: string,
  more: ErrorData = {},
): PhysmemError {
  const message = `${showVirtual(virtual)} of process ${pid} has no physical address: ${reason}`
  return new RefusedError(code, message, { pid, virtual, ...more })
}

/** For an address that no process can have; `undefined` for one that a process may have. */
export function kernelHalf(question: Question): PhysmemError | undefined {
  const { virtual } = question
  if (virtual < KERNEL_HALF) return undefined
  // arch/x86/include/uapi/asm/vsyscall.h
  const isVsyscall = virtual >= 0xffff_ffff_ff60_0000n && virtual < 0xffff_ffff_ff60_1000n
  const what = isVsyscall && question.system.cpu === 'x64' ? 'it is the vsyscall page, which' : 'it'
  const cure = `ask for it as an address of the kernel: kernel:0x${virtual.toString(16)}`
  return error(question, 'EKERNELHALF', `${what} belongs to the kernel, not to the process`, {
    cure,
  })
}

/** For an address outside of every mapping: names the nearest ones. */
export function unmapped(question: Question, mappings: readonly Mapping[]): PhysmemError {
  const { below, above } = neighboursOf(mappings, question.virtual)
  const near = [
    ...(below ? [`below it is ${describeMapping(below)}`] : []),
    ...(above ? [`above it is ${describeMapping(above)}`] : []),
  ]
  const hint = near.length > 0 ? near.join(', ') : 'the process has none'
  return error(question, 'EUNMAPPED', `it is outside of every mapping; ${hint}`)
}

/** For an entry that has no frame, in this mapping. */
export function explainAbsentPage(
  question: Question,
  entry: PageEntry,
  mapping: Mapping,
): PhysmemError {
  const { pid, system } = question
  switch (entry.kind) {
    case 'hidden': {
      const what = `${showVirtual(question.virtual)} of process ${pid} cannot be looked up`
      return refusalError(what, explainHiddenFrames(system.now()), {
        pid,
        virtual: question.virtual,
      })
    }
    case 'swap': {
      const { type, offset } = entry
      const where = `its page is in swap: area ${type}, page 0x${offset.toString(16)} of it`
      const cure = `let the process use it, or read a byte of it from /proc/${pid}/mem`
      return error(question, 'ESWAPPED', where, { swapType: type, swapOffset: offset, cure })
    }
    case 'migration':
      return error(question, 'EMIGRATING', 'its page is being moved to another frame', {
        frame: entry.frame,
        cure: 'try again',
      })
    case 'guard':
      return error(question, 'EGUARD', 'it is in a guard region (MADV_GUARD_INSTALL)')
    case 'hwpoison': {
      const frame = `0x${entry.frame.toString(16)}`
      return error(question, 'EHWPOISON', `its memory is broken (frame ${frame}, hwpoison)`, {
        frame: entry.frame,
      })
    }
    case 'device':
      return error(question, 'EDEVICEPAGE', 'its page is in the memory of a device, such as a GPU')
    case 'marker':
      return entry.poisoned
        ? error(question, 'EHWPOISON', 'its page was poisoned (UFFDIO_POISON)')
        : error(question, 'ENOTPRESENT', 'no page is there; userfaultfd watches it')
    case 'unknown': {
      const code = `type ${entry.type}, offset 0x${entry.offset.toString(16)}`
      return error(question, 'ENOPHYSICAL', `its page table entry is of an unknown kind (${code})`)
    }
    default:
      return untouched(question, mapping)
  }
}

/** For memory of a device of which it is known why its address is not. */
export function untold(question: Question, why: string): PhysmemError {
  return error(question, 'ENOPHYSICAL', why)
}

/** Nothing stands at the page: why depends on the mapping. */
function untouched(question: Question, mapping: Mapping): PhysmemError {
  const { path } = mapping
  if (isFrames(question, mapping)) {
    const name = path === '' ? 'the mapping' : printable(path)
    const reason = `${name} maps frames of a device or of the kernel, and nothing says which (VmFlags pf)`
    return error(question, 'ENOPHYSICAL', reason)
  }
  const { readable, writable, executable } = mapping
  if (!readable && !writable && !executable) {
    const reason = `no page is there: the mapping allows no access (${describeMapping(mapping)})`
    return error(question, 'ENOTPRESENT', reason)
  }
  const cure = 'let the process touch it'
  if (isAnonymous(mapping)) {
    return error(question, 'ENOTPRESENT', 'no page is there yet: it was never touched', { cure })
  }
  const shown = printable(path)
  const swapped = mapping.shared && /^\/(dev\/shm|memfd:|SYSV|dev\/zero)/.test(path)
  const reason = swapped
    ? `this process has no page of ${shown} there: never touched by it, or swapped out`
    : `this process has no page of ${shown} there yet`
  return error(question, 'ENOTPRESENT', reason, { cure })
}

/** Only smaps says it, for which the kernel walks the whole process: asked last. */
function isFrames({ pid, system }: Question, { start }: Mapping): boolean {
  try {
    return mappingAt(readSmaps(pid, system.files), start)?.flags.includes('pf') === true
  } catch (thrown) {
    if (!(thrown instanceof PhysmemError)) throw thrown
    return false
  }
}

/**
 * All mappings with what only smaps says, for an address in a mapping that has the name of device
 * memory: without it, any file of this name could be taken for registers.
 */
export function detailsOf(question: Question, { path }: Mapping): MappingDetails[] {
  const { pid, system } = question
  try {
    return readSmaps(pid, system.files)
  } catch (thrown) {
    if (!(thrown instanceof PhysmemError) || thrown.code === 'ENOPROCESS') throw thrown
    const reason = `only smaps says whether ${printable(path)} is memory of a device: ${thrown.message}`
    throw error(question, 'ENOPHYSICAL', reason)
  }
}
