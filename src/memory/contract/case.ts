import assert from 'node:assert/strict'
import { PhysmemError } from '../../base/errors.ts'
import type { Value, Width } from '../../base/width.ts'
import { formatAddress } from '../../text/number.ts'
import type { Memory } from '../memory.ts'

/** A memory under test. */
export interface ContractSubject {
  /** Opened for writing. The last case closes it. */
  memory: Memory
  /** Where the stretch starts that may be used; a multiple of 8. */
  base: number
  /** Its bytes, at least 4096: plain memory, in which nothing else writes meanwhile. */
  length: number
  /** The widths that this memory and this CPU have; 8, 16 and 32 must be among them. */
  widths: readonly Width[]
  /** The same, opened for reading only. */
  reading?: Memory
  /**
   * An address, a multiple of 8 and not beyond `memory.length`, at which every access fails. When
   * it is `base + length`, blocks that run into it are tested too.
   */
  faultAddress?: number
}

export interface ContractCase {
  name: string
  /** Why this case cannot be tried on a subject; `undefined` when it can. */
  skip?(subject: ContractSubject): string | undefined
  /** Rejects with an AssertionError when the memory breaks the contract. */
  check(subject: ContractSubject): Promise<void>
}

export const all = (width: Width): bigint => (1n << BigInt(width)) - 1n

/** `value` as a memory returns it: a `bigint` at 64 bits, otherwise a `number`. */
export function typed(value: bigint, width: Width): Value {
  const cut = value & all(width)
  return width === 64 ? cut : Number(cut)
}

/** Different bytes for different seeds, none of them 0. */
export function bytesOf(length: number, seed: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => 1 + ((i * 7 + seed * 31 + (i >> 8)) % 255))
}

export async function zero({ memory, base, length }: ContractSubject, bytes = 4096): Promise<void> {
  await memory.fill(base, 8, Math.min(bytes, length), 0)
}

/** The PhysmemError with which `work` rejects; fails when it resolves or rejects with another. */
export async function errorOf(work: Promise<unknown> | (() => unknown)): Promise<PhysmemError> {
  try {
    await (typeof work === 'function' ? work() : work)
  } catch (error) {
    assert.ok(error instanceof PhysmemError, `expected a PhysmemError, got ${String(error)}`)
    return error
  }
  return assert.fail('expected an error, but it succeeded')
}

/** The memory's name at the start of `step N: … at ADDRESS (NAME)`. */
export function at(subject: ContractSubject, address: number): string {
  return `${formatAddress(address)} (${subject.memory.name})`
}
