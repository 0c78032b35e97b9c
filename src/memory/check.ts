import type { ErrorData } from '../base/error-data.ts'
import { RequestError } from '../base/errors.ts'
import { ADDRESS_LIMIT } from '../base/limits.ts'
import { type Value, WIDTHS, type Width } from '../base/width.ts'
import { withArticle } from '../text/article.ts'
import { counted } from '../text/count.ts'
import { formatAddress } from '../text/number.ts'
import { isBytes, shown } from '../text/options.ts'
import { MAX_WAIT_MS } from './limits.ts'
import { checkMembers, STEP_NAMES } from './members.ts'
import {
  DEFAULT_INTERVAL_US,
  type ReadBlockStep,
  type Step,
  type UpdateStep,
  type WaitStep,
  type WriteBlockStep,
} from './step.ts'
import { hex, notNumber, unsigned, unsignedMask, valueError } from './value.ts'

const MAX_COUNT = 2 ** 32 - 1

/** See `Memory.misalignment`: 0 to 7, or `any`. */
export type Misalignment = number | 'any'

/**
 * Checks one step, or throws a RequestError that names it by `index`. Returns the step as it is run:
 * values without a sign, and nothing left to a default. Address 0 lies `misalignment` bytes after a
 * multiple of 8; with `any`, every address is taken.
 */
export function checkStep(step: Step, index: number, misalignment: Misalignment = 0): Step {
  checkMembers(step, index)
  switch (step.op) {
    case 'fence':
      return step
    case 'delay':
      checkNumber(step.us, 'delay in microseconds', index, MAX_WAIT_MS * 1000)
      return step
    case 'read':
      checkAccess(step.address, step.width, 1, index, misalignment)
      return step
    case 'write':
      checkAccess(step.address, step.width, 1, index, misalignment)
      return { ...step, value: checkValue(step, 'value', index) }
    case 'update':
      checkAccess(step.address, step.width, 1, index, misalignment)
      return {
        ...step,
        mask: checkMask(step, index),
        value: checkValue(step, 'value', index),
      }
    case 'wait':
      return checkWait(step, index, misalignment)
    case 'cache':
      if (step.action !== 'clean' && step.action !== 'flush') {
        const came = shown(step.action)
        throw refuse('EUSAGE', `cache action: expected clean or flush, not ${came}`, index)
      }
      checkCount(step.length, index, CACHE_LENGTH)
      checkAccess(step.address, 8, step.length, index)
      return step
    case 'fill':
      checkCount(step.count, index)
      checkAccess(step.address, step.width, step.count, index, misalignment)
      return { ...step, value: checkValue(step, 'value', index) }
    case 'readBlock':
      checkCount(step.count, index)
      checkBlock(step, step.count, index, misalignment)
      checkOnFault(step, index)
      return step
    case 'writeBlock': {
      checkWidth(step.width, index)
      const bytes = step.width / 8
      if (!isBytes(step.data)) {
        const came = shown(step.data)
        throw refuse(
          'EUSAGE',
          `the data of a writeBlock: expected a Uint8Array, not ${came}`,
          index,
        )
      }
      if (step.data.length % bytes !== 0) {
        throw refuse(
          'EALIGN',
          `${counted(step.data.length, 'byte')} cannot be written in pieces of ${step.width} bits: expected a multiple of ${bytes}`,
          index,
        )
      }
      const count = step.data.length / bytes
      checkCount(count, index)
      checkBlock(step, count, index, misalignment)
      return step
    }
    default:
      throw unknownStep((step as { op: unknown }).op, index)
  }
}

function unknownStep(op: unknown, index: number): RequestError {
  const message = `unknown step ${shown(op)}: expected ${STEP_NAMES.join(', ')}`
  return refuse('EUSAGE', message, index)
}

function checkWait(step: WaitStep, index: number, misalignment: Misalignment): WaitStep {
  const { address, width, timeoutMs, intervalUs = DEFAULT_INTERVAL_US } = step
  checkAccess(address, width, 1, index, misalignment)
  const mask = checkMask(step, index)
  const equals = checkValue({ address, width, value: step.equals }, 'value to wait for', index)
  const checked = { ...step, mask, equals, intervalUs }
  checkMasked(checked, index)
  checkNumber(timeoutMs, 'time-out in milliseconds', index, MAX_WAIT_MS)
  checkNumber(intervalUs, 'interval in microseconds', index, 2 ** 32 - 1)
  return checked
}

function checkWidth(width: number, index: number): void {
  if ((WIDTHS as readonly number[]).includes(width)) return
  if (typeof width !== 'number') throw notNumber(width, 'width', { step: index })
  throw refuse('EWIDTH', `a width of ${width} bits: expected 8, 16, 32 or 64`, index)
}

function checkBlock(
  step: ReadBlockStep | WriteBlockStep,
  count: number,
  index: number,
  misalignment: Misalignment,
): void {
  const { stepping = 'increment' } = step
  if (stepping !== 'increment' && stepping !== 'fixed') {
    const came = shown(stepping)
    throw refuse('EUSAGE', `stepping: expected increment or fixed, not ${came}`, index)
  }
  checkAccess(step.address, step.width, stepping === 'fixed' ? 1 : count, index, misalignment)
}

function checkOnFault({ onFault = 'stop', stepping }: ReadBlockStep, index: number): void {
  if (onFault !== 'stop' && onFault !== 'skip') {
    const came = shown(onFault)
    throw refuse('EUSAGE', `onFault: expected stop or skip, not ${came}`, index)
  }
  if (onFault === 'skip' && stepping === 'fixed') {
    const message = 'onFault "skip" goes on after what fails, but stepping "fixed" stays at it'
    throw refuse('EUSAGE', `${message}: leave out one of them`, index)
  }
}

/** A bit to wait for that the mask hides would never come, or with `negate` never be missed. */
function checkMasked(step: WaitStep, index: number): void {
  const hidden = BigInt(step.equals) & ~BigInt(step.mask)
  if (hidden === 0n) return
  const message =
    `the value to wait for ${hex(step.equals)} has bits outside the mask ${hex(step.mask)}: ` +
    `the condition would ${step.negate ? 'be true at once' : 'never be true'}`
  const { address, width, equals: value, mask } = step
  throw refuse('EVALUE', message, index, { address, width, value, mask })
}

function checkAccess(
  address: number,
  width: Width,
  count: number,
  index: number,
  misalignment: Misalignment = 0,
): void {
  // Of `read('0x10:7:4')` no width is missing: a text is not an address.
  if (typeof address !== 'number') throw notNumber(address, 'address', { step: index })
  checkWidth(width, index)
  const bytes = width / 8
  if (!Number.isSafeInteger(address) || address < 0 || address + count * bytes > ADDRESS_LIMIT) {
    throw refuse(
      'ERANGE',
      `${hex(address)} is not an address: expected a whole number from 0x0 to ${hex(ADDRESS_LIMIT - bytes)}`,
      index,
      { address },
    )
  }
  const beyond = misalignment === 'any' ? 0 : (address + misalignment) % bytes
  if (beyond !== 0) {
    const where =
      misalignment === 0
        ? `is not a multiple of ${bytes}`
        : `is ${counted(beyond, 'byte')} past a multiple of ${bytes} in physical memory`
    throw refuse(
      'EALIGN',
      `${formatAddress(address)} ${where}: a ${width}-bit access would not be one access`,
      index,
      { address, width },
    )
  }
}

/** The value without a sign. */
function checkValue(
  { address, width, value }: { address: number; width: Width; value: Value },
  what: string,
  step: number,
): Value {
  const taken = unsigned(value, width)
  if (taken === undefined) throw valueError(value, width, what, { step, address })
  return taken
}

function checkMask({ address, width, mask }: WaitStep | UpdateStep, step: number): Value {
  const taken = unsignedMask(mask, width)
  if (taken === undefined) throw valueError(mask, width, 'mask', { step, address })
  return taken
}

const ELEMENTS = { what: 'number of elements', of: 'a block', unit: 'element' }
const CACHE_LENGTH = { what: 'length', of: 'cache lines', unit: 'byte' }

function checkCount(count: number, index: number, { what, of, unit } = ELEMENTS): void {
  if (Number.isInteger(count) && count >= 1 && count <= MAX_COUNT) return
  if (typeof count !== 'number') throw notNumber(count, what, { step: index })
  throw refuse('ERANGE', `${of} of ${counted(count, unit)}: expected 1 to ${MAX_COUNT}`, index)
}

function checkNumber(value: number, what: string, index: number, most: number): void {
  if (Number.isFinite(value) && value >= 0 && value <= most) return
  if (typeof value !== 'number') throw notNumber(value, what, { step: index })
  throw refuse('ERANGE', `${withArticle(what)} of ${value}: expected 0 to ${most}`, index)
}

function refuse(
  code: 'EUSAGE' | 'EWIDTH' | 'ERANGE' | 'EALIGN' | 'EVALUE',
  message: string,
  step: number,
  data: ErrorData = {},
): RequestError {
  return new RequestError(code, message, { step, ...data })
}
