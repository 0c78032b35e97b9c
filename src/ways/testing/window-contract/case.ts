import assert from 'node:assert/strict'
import { PhysmemError } from '../../../base/errors.ts'
import type { Width } from '../../../base/width.ts'
import type { Window } from '../../../engine/windows/window.ts'
import { formatAddress } from '../../../text/number.ts'

/** A window under test. */
export interface WindowSubject {
  /**
   * Mapped for writing, at least 4096 bytes of plain memory, in which nothing else writes meanwhile. Its
   * start is a multiple of 8. The last case closes it.
   */
  window: Window
  /** The same memory, mapped for reading only. The last case closes it, too. */
  reading: Window
  /** An offset in the window, a multiple of 8, from which on every access fails; memory lies before it. */
  faultOffset?: number
}

export interface WindowCase {
  name: string
  /** Why this case cannot be tried on a subject; `undefined` when it can. */
  skip?(subject: WindowSubject): string | undefined
  /** Throws an AssertionError when the window breaks the contract. */
  check(subject: WindowSubject): void
}

/** The PhysmemError that `act` throws; fails when it throws none. */
export function errorOf(act: () => unknown): PhysmemError {
  try {
    act()
  } catch (error) {
    assert.ok(error instanceof PhysmemError, `expected a PhysmemError, got ${String(error)}`)
    return error
  }
  return assert.fail('expected an error, but it succeeded')
}

/** That `act` throws this, word for word, in one line of code and message. */
export function assertSaid(act: () => unknown, expected: string): void {
  const { code, message } = errorOf(act)
  assert.equal(`${code} ${message}`, expected)
}

/** What a program without types gives: of no type at all, where there are types. */
export const untyped = (value: unknown): never => value as never

/** The place of an offset as messages name it. */
export function at({ window }: WindowSubject, offset: number): string {
  return `${formatAddress(window.address + offset)} (${window.name})`
}

export function zero({ window }: WindowSubject, bytes = 256): void {
  window.writeBlock(0, 8, new Uint8Array(bytes))
}

/** Single accesses by the width, for loops over all. */
export function load(window: Window, width: Width, offset: number): bigint {
  return BigInt(window[`read${width}`](offset))
}

export function store(window: Window, width: Width, offset: number, value: bigint): void {
  if (width === 64) window.write64(offset, value)
  else window[`write${width}`](offset, Number(value))
}
