import type { ErrorData } from '../base/error-data.ts'
import { RequestError } from '../base/errors.ts'
import type { Value, Width } from '../base/width.ts'
import { withArticle } from '../text/article.ts'
import { typeName } from '../text/options.ts'
import { clip } from '../text/refuse.ts'

/**
 * `value` as `width` bits without a sign, or `undefined` when they do not hold it. A negative one is
 * taken as two's complement, down to that of its width, since that is what `|` and `~` give. At 64 bits
 * only a `bigint` may be negative: of a number, `|` and `~` see 32 bits, and what the others were to
 * be nobody can tell.
 */
export function unsigned(value: Value, width: Width): Value | undefined {
  return unsignedFrom(value, width, width - 1)
}

/**
 * The same for a mask, which has no sign: the complement of whatever fits is taken, too. `~0x80` at 8
 * bits is 0x7f, where the value -129 is refused.
 */
export function unsignedMask(mask: Value, width: Width): Value | undefined {
  return unsignedFrom(mask, width, width)
}

/** Negative values down to -2^`negativeBits`. */
function unsignedFrom(value: Value, width: Width, negativeBits: number): Value | undefined {
  if (typeof value === 'bigint') {
    if (value >= 0n) return value >> BigInt(width) === 0n ? value : undefined
    return value >= -(1n << BigInt(negativeBits)) ? BigInt.asUintN(width, value) : undefined
  }
  if (!Number.isSafeInteger(value)) return undefined
  if (value >= 0) return value < 2 ** width ? value : undefined
  return width < 64 && value >= -(2 ** negativeBits) ? value + 2 ** width : undefined
}

/** All bits of a width, as the mask of a wait without one; 0 for what is not a width. */
export function allOnes(width: Width): Value {
  if (typeof width !== 'number') return 0
  return width === 64 ? 0xffff_ffff_ffff_ffffn : 2 ** width - 1
}

/** The error for something that is not a number where one is needed, such as an `address`. */
export function notNumber(came: unknown, what: string, data: ErrorData = {}): RequestError {
  const input = typeof came === 'string' ? { input: came } : {}
  const message = `${typeName(came)} is not ${withArticle(what)}: expected a number`
  return new RequestError('EUSAGE', message, { ...data, ...input })
}

/** Why a value (or a `mask`, …) that `unsigned` does not take is refused. */
export function valueError(
  value: Value,
  width: Width,
  what: string,
  data: ErrorData = {},
): RequestError {
  if (typeof value !== 'number' && typeof value !== 'bigint') {
    const input = typeof value === 'string' ? { input: value } : {}
    const message = `${typeName(value)} is not ${withArticle(what)}: expected a number or a bigint`
    return new RequestError('EUSAGE', message, { ...data, width, ...input })
  }
  return new RequestError('EVALUE', `the ${what} ${hex(value)} ${fault(value, width)}`, {
    ...data,
    width,
    ...(isTellable(value) ? { [what === 'mask' ? 'mask' : 'value']: value } : {}),
  })
}

/** Whether an error holds a value: one of thousands of digits would fill a log. */
function isTellable(value: Value): boolean {
  return typeof value === 'number' || BigInt.asIntN(256, value) === value
}

function fault(value: Value, width: Width): string {
  if (typeof value === 'number' && !Number.isInteger(value)) return 'is not a whole number'
  if (typeof value === 'number' && width === 64) {
    return value < 0
      ? `is a negative number, which has 32 bits: expected a bigint, such as ${clip(`${value}`)}n`
      : 'is beyond 2^53, where numbers are not exact: expected a bigint'
  }
  return `does not fit in ${width} bits`
}

/**
 * A value as messages show it: hexadecimal, or as it is when it is not a whole number of 0 or more.
 */
export function hex(value: Value): string {
  const whole = typeof value === 'bigint' || (Number.isInteger(value) && value < 2 ** 64)
  return clip(whole && value >= 0 ? `0x${value.toString(16)}` : String(value))
}
