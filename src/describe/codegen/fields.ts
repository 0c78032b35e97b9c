/** The types of fields, and the expressions between them and the bits of a register. */
import type { EnumeratedValue } from '../model.ts'
import { hex } from './comment.ts'
import { quoted } from './names.ts'
import type { PlannedField } from './plan.ts'

/** Fields of so many bits have all their values in their type. */
const MOST_LISTED_BITS = 4

/** Values without a name; undefined where they are too many to be listed. */
function unnamed(width: number, names: readonly EnumeratedValue[]): number[] | undefined {
  if (width > MOST_LISTED_BITS) return undefined
  const all = Array.from({ length: 2 ** width }, (_, value) => value)
  return all.filter((value) => !names.some((one) => covers(one, BigInt(value))))
}

function covers({ value, mask }: EnumeratedValue, code: bigint): boolean {
  return value === undefined || (code & (mask ?? ~0n)) === (value & (mask ?? ~0n))
}

/** What a read gives. */
export function readType({ width, readNames }: PlannedField): string {
  if (width > 32) return 'bigint'
  if (readNames.length === 0) return width === 1 ? 'boolean' : 'number'
  const names = [...new Set(readNames.map(({ name }) => quoted(name)))]
  const rest = unnamed(width, readNames)
  if (rest !== undefined) return [...names, ...rest].join(' | ')
  return [...names, ...(readNames.some(({ value }) => value === undefined) ? [] : ['number'])].join(
    ' | ',
  )
}

/** What a write takes: names, and numbers besides. */
export function writeType({ width, writeNames }: PlannedField): string {
  if (width > 32) return 'bigint'
  const named = writeNames.filter(({ value }) => value !== undefined)
  const names = named.map(({ name }) => quoted(name))
  if (width === 1) return [...names, 'boolean', '0', '1'].join(' | ')
  if (names.length === 0) return 'number'
  const numbers =
    width > MOST_LISTED_BITS ? ['number'] : Array.from({ length: 2 ** width }, (_, n) => `${n}`)
  return [...names, ...numbers].join(' | ')
}

/** `value` cut to the field, as its names are of it. */
function codeOf({ lsb, width }: PlannedField, isLong: boolean): string {
  const most = (1n << BigInt(width)) - 1n
  if (isLong) {
    const moved = lsb === 0 ? 'value' : `(value >> ${lsb}n)`
    const cut = `${moved} & ${hex(most)}n`
    return width > 32 ? cut : `Number(${cut})`
  }
  const moved = lsb === 0 ? 'value' : `value >>> ${lsb}`
  if (width === 32) return lsb === 0 ? 'value >>> 0' : moved
  return lsb === 0 ? `value & ${hex(most)}` : `(${moved}) & ${hex(most)}`
}

/** The expression of what a read gives of it; `names` is the function that names its values. */
export function readExpression(
  field: PlannedField,
  isLong: boolean,
  names: string | undefined,
): string {
  const { width, bits } = field
  if (names !== undefined) return `${names}(${codeOf(field, isLong)})`
  if (width > 1) return codeOf(field, isLong)
  return isLong ? `(value & ${hex(bits)}n) !== 0n` : `(value & ${hex(bits)}) !== 0`
}

/** The expression of the bits that a given value becomes. */
export function writeExpression(
  field: PlannedField,
  isLong: boolean,
  codes: string | undefined,
  path: string,
  given: string,
): string {
  const { key, width, lsb } = field
  const name = quoted(`${path}.${key}`)
  const most = (1n << BigInt(width)) - 1n
  const code =
    codes !== undefined
      ? `${codes}(${given}, ${name})`
      : width === 1
        ? `flag(${given}, ${name})`
        : width > 32
          ? `longInteger(${given}, ${hex(most)}n, ${name})`
          : `integer(${given}, ${hex(most)}, ${name})`
  if (isLong) {
    const long = width > 32 ? code : `BigInt(${code})`
    return lsb === 0 ? long : `(${long} << ${lsb}n)`
  }
  return lsb === 0 ? code : `(${code} << ${lsb})`
}

/** A function from the bits of a field to the name of its value. */
export function namesFunction(name: string, field: PlannedField): string[] {
  const { readNames, width } = field
  const exact = readNames.filter(({ value, mask }) => value !== undefined && mask === undefined)
  const masked = readNames.filter(({ value, mask }) => value !== undefined && mask !== undefined)
  const other = readNames.find(({ value }) => value === undefined)
  const seen = new Set<bigint>()
  const cases = exact.filter(({ value = 0n }) => !seen.has(value) && seen.add(value))
  const rest = unnamed(width, readNames)
  const last =
    other !== undefined
      ? quoted(other.name)
      : rest === undefined
        ? 'code'
        : rest.length === 0
          ? ''
          : `code as ${rest.join(' | ')}`
  // All values have a name: the last one needs no look.
  const isWhole = last === '' && masked.length === 0
  const looked = isWhole ? cases.slice(0, -1) : cases
  const end = isWhole ? quoted(cases.at(-1)?.name ?? '') : last
  const maskedLooked = !isWhole && last === '' ? masked.slice(0, -1) : masked
  const maskedEnd = !isWhole && last === '' ? quoted(masked.at(-1)?.name ?? '') : end
  return [
    `const ${name} = (code: number): ${readType(field)} => {`,
    ...looked.map((one) => `  if (code === ${one.value}) return ${quoted(one.name)}`),
    ...maskedLooked.map(
      ({ name: text, value = 0n, mask = 0n }) =>
        `  if ((code & ${hex(mask)}) === ${hex(value & mask)}) return ${quoted(text)}`,
    ),
    `  return ${maskedEnd}`,
    '}',
  ]
}

/** The names that may be given for a field, for messages. */
export function namesList(name: string, { writeNames }: PlannedField): string[] {
  const given = writeNames.filter(({ value }) => value !== undefined)
  return [`const ${name} = [${given.map((one) => quoted(one.name)).join(', ')}]`]
}

/** A function from what is given for a field to its bits; `names` is the list of its names. */
export function codesFunction(name: string, field: PlannedField, names: string): string[] {
  const { writeNames, width } = field
  const most = (1n << BigInt(width)) - 1n
  const named = writeNames.filter(({ value }) => value !== undefined)
  return [
    `const ${name} = (given: any, name: string): number => {`,
    ...named.map(({ name: text, value }) => `  if (given === ${quoted(text)}) return ${value}`),
    width === 1
      ? `  return flag(given, name, ${names})`
      : `  return integer(given, ${hex(most)}, name, ${names})`,
    '}',
  ]
}
