/** Options that programs give: TypeScript checks them where it is used, and only as far as it sees. */

import { RequestError } from '../base/errors.ts'
import { withArticle } from './article.ts'
import { listed } from './listed.ts'
import { clip, quote } from './refuse.ts'
import { nearest } from './suggest.ts'

/** What an option takes: one of these words, or what `typeof` or the class of the value says. */
export type OptionKind =
  | readonly (string | number)[]
  | 'number'
  | 'string'
  | 'boolean'
  | 'function'
  | 'object'
  /** A number or a bigint. */
  | 'value'
  /** A text that names a machine, or an object that is one. */
  | 'target'
  | 'AbortSignal'
  | 'Uint8Array'
  | 'array'
  | 'bigint'
  | Shape

/** What something is by its members, where `typeof` tells too little. */
export interface Shape {
  /** As messages call it, with its article: `a place`. */
  readonly expected: string
  is(value: unknown): boolean
  /** What is out of range in a value that is otherwise of this kind. */
  wrong?(value: unknown): string | undefined
}

/** Every option of an interface, so that none is forgotten here. */
export type OptionKinds<T> = { [K in keyof Required<T>]: OptionKind }

/**
 * Throws EUSAGE for what is not an object, for an option that there is not, and for a value that an
 * option cannot have. `undefined` is as good as left out. `what` is who takes them, and `example` an
 * object that it takes.
 */
export function checkOptions<T>(
  what: string,
  given: unknown,
  kinds: OptionKinds<T>,
  example?: string,
): void {
  if (!isRecord(given)) {
    const such = example === undefined ? 'of options' : `such as ${example}`
    throw new RequestError('EUSAGE', `${what} takes an object ${such}, not ${shown(given)}`)
  }
  for (const name in given) {
    if (!Object.hasOwn(kinds, name)) throw unknownOption(what, name, Object.keys(kinds))
    const value = (given as Record<string, unknown>)[name]
    if (value !== undefined) checkKind(name, value, kinds[name as keyof T])
  }
}

/** The error of an option or member that there is not. */
export function unknownOption(
  what: string,
  name: string,
  names: readonly string[],
  noun = 'option',
): RequestError {
  const same = names.filter((one) => unitOf(one) === unitOf(name))
  const near = nearest(name, same) ?? names.find((one) => name !== '' && one.startsWith(name))
  const all = names.length === 0 ? 'it has none' : `there are ${names.join(', ')}`
  const hint = near === undefined ? all : `did you mean ${near}?`
  return new RequestError('EUSAGE', `${what} has no ${noun} ${clip(name)}: ${hint}`)
}

/** The unit of time that a name ends in: a name with another one takes a thousandth or a thousandfold. */
function unitOf(name: string): string | undefined {
  return /(?:^|[a-z])([mun]s)$/i.exec(name)?.[1]?.toLowerCase()
}

/** Throws EUSAGE when the value of what is called `name` is not of this kind. */
export function checkKind(name: string, value: unknown, kind: OptionKind): void {
  if (isOf(value, kind)) return
  const wrong = typeof kind === 'object' && 'wrong' in kind ? kind.wrong?.(value) : undefined
  if (wrong !== undefined) throw new RequestError('ERANGE', `${name}: ${wrong}`)
  if (isWords(kind) && typeof value === typeof kind[0]) {
    throw new RequestError('EUSAGE', `${name}: expected ${listed(kind, 'or')}, not ${shown(value)}`)
  }
  throw new RequestError('EUSAGE', `${name}: expected ${expected(kind)}, not ${shown(value)}`)
}

/** Something whose members are of these kinds, each of which `T` has; it may have more of them. */
export function shape<T extends object>(
  expected: string,
  members: { readonly [K in keyof NoInfer<T>]?: OptionKind },
): Shape {
  const kinds = Object.entries<OptionKind>(members as Record<string, OptionKind>)
  const has = (value: object, [name, kind]: [string, OptionKind]) =>
    isOf((value as Record<string, unknown>)[name], kind)
  return { expected, is: (value) => isObject(value) && kinds.every((one) => has(value, one)) }
}

/** An object that is not an array. */
export function record(expected: string): Shape {
  return { expected, is: isRecord }
}

/** An array whose elements are all of a kind. */
export function arrayOf(expected: string, kind: OptionKind): Shape {
  return { expected, is: (value) => Array.isArray(value) && value.every((one) => isOf(one, kind)) }
}

/** A number without a fraction: of others, nothing can be made. */
export const WHOLE: Shape = { expected: 'a whole number', is: (value) => Number.isInteger(value) }

/** One that counts or numbers something. */
export const NATURAL: Shape = {
  expected: 'a whole number from 0',
  is: (value) => Number.isSafeInteger(value) && (value as number) >= 0,
}

/** A whole number, or a bigint. */
export const WHOLE_VALUE: Shape = {
  expected: 'a whole number or a bigint',
  is: (value) => typeof value === 'bigint' || Number.isInteger(value),
}

/** `undefined` besides what is of a kind. */
export function optional(kind: OptionKind): Shape {
  return { expected: expected(kind), is: (value) => value === undefined || isOf(value, kind) }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

function isRecord(value: unknown): value is object {
  return isObject(value) && !Array.isArray(value)
}

function isWords(kind: OptionKind): kind is readonly (string | number)[] {
  return Array.isArray(kind)
}

function isOf(value: unknown, kind: OptionKind): boolean {
  if (isWords(kind)) return (kind as readonly unknown[]).includes(value)
  if (typeof kind === 'object') return kind.is(value)
  if (kind === 'array') return Array.isArray(value)
  if (kind === 'value') return typeof value === 'number' || typeof value === 'bigint'
  if (kind === 'object') return isObject(value)
  if (kind === 'target') return isOf(value, 'string') || isOf(value, 'object')
  // Test runners have classes of their own: `instanceof` would tell nothing.
  if (kind === 'AbortSignal') return isObject(value) && 'aborted' in value
  if (kind === 'Uint8Array') return isBytes(value)
  return typeof value === kind
}

/** Whether it is a Uint8Array, of whichever realm: that of a test runner's context is another class. */
export function isBytes(value: unknown): value is Uint8Array {
  return (
    ArrayBuffer.isView(value) && Object.prototype.toString.call(value) === '[object Uint8Array]'
  )
}

function expected(kind: OptionKind): string {
  if (isWords(kind)) return `a ${typeof kind[0]}`
  if (typeof kind === 'object') return kind.expected
  if (kind === 'value') return 'a number or a bigint'
  if (kind === 'target') return 'the name of a target, or a simulated board'
  return /^[Aao]/.test(kind) ? `an ${kind}` : `a ${kind}`
}

/** What came in place of what was expected, as messages show it. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return quote(value)
  if (typeof value === 'bigint') return `${clip(`${value}`)}n`
  return isObject(value) || typeof value === 'function' ? typeName(value) : clip(String(value))
}

/** What a message calls something of a wrong type: `a string`, `an object`, `undefined`, `a Map`. */
export function typeName(value: unknown): string {
  if (value === null || value === undefined) return String(value)
  if (Array.isArray(value)) return 'an array'
  const type = typeof value
  if (type !== 'object') return `a ${type}`
  const name = className(value)
  return withArticle(name)
}

/** What JavaScript itself calls an object: the class of a typed array, a Map, a Date; or `object`. */
function className(value: unknown): string {
  const name = Object.prototype.toString.call(value).slice('[object '.length, -1)
  return name === 'Object' ? 'object' : clip(name)
}
