import { RequestError } from '../errors.ts'
import { MAX_WAIT_MS } from './limits.ts'
import { checkMembers } from './members.ts'
import {
  type ReadBlockStep,
  type Step,
  type Value,
  type WaitStep,
  WIDTHS,
  type Width,
  type WriteBlockStep,
} from './step.ts'

/** The first address that no CPU has: physical addresses have at most 52 bits (Arm ARM D8, FEAT_LPA). */
export const ADDRESS_LIMIT = 2 ** 52

const MAX_COUNT = 2 ** 32 - 1

/**
 * Checks one step and returns it, or throws a RequestError that names it by `index`. Address 0 lies
 * `misalignment` bytes behind a multiple of 8.
 */
export function checkStep(step: Step, index: number, misalignment = 0): Step {
  checkMembers(step, index)
  switch (step.op) {
    case 'fence':
      return step
    case 'delay':
      checkNumber(step.us, 'a delay in microseconds', index, MAX_WAIT_MS * 1000)
      return step
    case 'read':
      checkAccess(step.address, step.width, 1, index, misalignment)
      return step
    case 'write':
      checkAccess(step.address, step.width, 1, index, misalignment)
      checkValue(step.value, step.width, 'value', index)
      return step
    case 'update':
      checkAccess(step.address, step.width, 1, index, misalignment)
      checkValue(step.mask, step.width, 'mask', index)
      checkValue(step.value, step.width, 'value', index)
      return step
    case 'wait':
      checkAccess(step.address, step.width, 1, index, misalignment)
      checkValue(step.mask, step.width, 'mask', index)
      checkValue(step.equals, step.width, 'value to wait for', index)
      checkMasked(step, index)
      checkNumber(step.timeoutMs, 'a time-out in milliseconds', index, MAX_WAIT_MS)
      checkNumber(step.intervalUs ?? 0, 'an interval in microseconds', index, 2 ** 32 - 1)
      return step
    case 'cache':
      if (step.action !== 'clean' && step.action !== 'flush') {
        const came = JSON.stringify(step.action)
        throw refuse('EUSAGE', `cache action ${came}: expected "clean" or "flush"`, index)
      }
      checkCount(step.length, index)
      checkAccess(step.address, 8, step.length, index)
      return step
    case 'fill':
      checkCount(step.count, index)
      checkAccess(step.address, step.width, step.count, index, misalignment)
      checkValue(step.value, step.width, 'value', index)
      return step
    case 'readBlock':
      checkCount(step.count, index)
      checkBlock(step, step.count, index, misalignment)
      checkOnFault(step, index)
      return step
    case 'writeBlock': {
      checkWidth(step.width, index)
      const bytes = step.width / 8
      if (!(step.data instanceof Uint8Array)) {
        throw refuse('EUSAGE', 'the data of a writeBlock: expected a Uint8Array', index)
      }
      if (step.data.length % bytes !== 0) {
        throw refuse(
          'EALIGN',
          `${step.data.length} bytes cannot be written in pieces of ${step.width} bits: expected a multiple of ${bytes}`,
          index,
        )
      }
      const count = step.data.length / bytes
      checkCount(count, index)
      checkBlock(step, count, index, misalignment)
      return step
    }
    default:
      throw refuse('EUSAGE', `unknown step ${JSON.stringify((step as { op: unknown }).op)}`, index)
  }
}

/** Whether `value` fits in `width` bits without a sign. */
export function fits(value: Value, width: Width): boolean {
  if (typeof value === 'bigint') return value >= 0n && value >> BigInt(width) === 0n
  return Number.isSafeInteger(value) && value >= 0 && value < 2 ** width
}

function checkWidth(width: number, index: number): void {
  if ((WIDTHS as readonly number[]).includes(width)) return
  throw refuse('EWIDTH', `a width of ${width} bits: expected 8, 16, 32 or 64`, index)
}

function checkBlock(
  step: ReadBlockStep | WriteBlockStep,
  count: number,
  index: number,
  misalignment: number,
): void {
  const { stepping = 'increment' } = step
  if (stepping !== 'increment' && stepping !== 'fixed') {
    const came = JSON.stringify(stepping)
    throw refuse('EUSAGE', `stepping ${came}: expected "increment" or "fixed"`, index)
  }
  checkAccess(step.address, step.width, stepping === 'fixed' ? 1 : count, index, misalignment)
}

function checkOnFault({ onFault = 'stop', stepping }: ReadBlockStep, index: number): void {
  if (onFault !== 'stop' && onFault !== 'skip') {
    const came = JSON.stringify(onFault)
    throw refuse('EUSAGE', `onFault ${came}: expected "stop" or "skip"`, index)
  }
  if (onFault === 'skip' && stepping === 'fixed') {
    const message = 'onFault "skip" goes on behind what fails, and stepping "fixed" stays at it'
    throw refuse('EUSAGE', `${message}: leave out one of them`, index)
  }
}

/** A bit to wait for that the mask hides would never come, or with `negate` never be missed. */
function checkMasked(step: WaitStep, index: number): void {
  const hidden = BigInt(step.equals) & ~BigInt(step.mask)
  if (hidden === 0n) return
  const message =
    `the value to wait for ${hex(step.equals)} has bits outside the mask ${hex(step.mask)}: ` +
    `the condition would be ${step.negate ? 'true at once' : 'never true'}`
  throw refuse('EVALUE', message, index, { width: step.width })
}

function checkAccess(
  address: number,
  width: Width,
  count: number,
  index: number,
  misalignment = 0,
): void {
  checkWidth(width, index)
  const bytes = width / 8
  if (!Number.isSafeInteger(address) || address < 0 || address + count * bytes > ADDRESS_LIMIT) {
    throw refuse(
      'ERANGE',
      `${hex(address)} is not an address: expected 0 to ${hex(ADDRESS_LIMIT - bytes)}`,
      index,
      { address },
    )
  }
  const beyond = (address + misalignment) % bytes
  if (beyond !== 0) {
    const where =
      misalignment === 0
        ? `is not a multiple of ${bytes}`
        : `lies ${beyond} bytes behind a multiple of ${bytes} in physical memory`
    throw refuse(
      'EALIGN',
      `${hex(address)} ${where}: a ${width}-bit access would not be one access`,
      index,
      { address, width },
    )
  }
}

function checkValue(value: Value, width: Width, what: string, index: number): void {
  if (fits(value, width)) return
  throw refuse('EVALUE', `the ${what} ${hex(value)} does not fit in ${width} bits`, index, {
    width,
  })
}

function checkCount(count: number, index: number): void {
  if (Number.isInteger(count) && count >= 1 && count <= MAX_COUNT) return
  throw refuse('ERANGE', `a block of ${count} elements: expected 1 to ${MAX_COUNT}`, index)
}

function checkNumber(value: number, what: string, index: number, most: number): void {
  if (Number.isFinite(value) && value >= 0 && value <= most) return
  throw refuse('ERANGE', `${what} of ${value}: expected 0 to ${most}`, index)
}

/** A value as messages show it: hexadecimal, or as it is when it is no whole number of 0 or more. */
export function hex(value: Value): string {
  const whole = typeof value === 'bigint' || Number.isSafeInteger(value)
  return whole && value >= 0 ? `0x${value.toString(16)}` : String(value)
}

function refuse(
  code: 'EUSAGE' | 'EWIDTH' | 'ERANGE' | 'EALIGN' | 'EVALUE',
  message: string,
  step: number,
  data: { address?: number; width?: number } = {},
): RequestError {
  return new RequestError(code, message, { step, ...data })
}
