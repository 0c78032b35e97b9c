/** Registers that repeat: elements are made when they are first asked for. */
import { RequestError } from '../base/errors.ts'
import { checkKind, NATURAL, shown } from '../text/options.ts'

/** `0 | 1 | 2` of 3; up to some hundred. */
export type Below<N extends number, Seen extends number[] = []> = Seen['length'] extends N
  ? Seen[number]
  : Below<N, [...Seen, Seen['length']]>

/**
 * `FIFO[3]`. Its type knows which indices there are, where they are few. Any other index is ERANGE when
 * the program runs.
 */
export type RegisterArray<T, Index extends number = never> = {
  readonly length: number
  readonly [index: number]: T
  /** The element of an index that the compiler does not know. ERANGE outside. */
  at(index: number): T
  [Symbol.iterator](): IterableIterator<T>
} & { readonly [I in Index]: T }

/**
 * `count` elements of what is called `name`, each made by `make` when it is first asked for: from then
 * on it is an element of a plain object, and costs no more than that.
 */
export function elements<T, Index extends number = never>(
  name: string,
  count: number,
  make: (index: number) => T,
): RegisterArray<T, Index> {
  checkKind('name', name, 'string')
  checkKind('count', count, NATURAL)
  checkKind('make', make, 'function')
  const at = (index: number): T => {
    const isInside = Number.isInteger(index) && index >= 0 && index < count
    if (!isInside) throw outside(name, count, index)
    const known = Object.getOwnPropertyDescriptor(own, index)
    if (known !== undefined) return known.value
    const value = make(index)
    Object.defineProperty(own, index, { value, enumerable: true })
    return value
  }
  const shared = {
    length: count,
    at,
    *[Symbol.iterator](): Generator<T> {
      for (let index = 0; index < count; index++) yield at(index)
    },
  }
  // Asked only for what `own` has not: what was made once is found without it.
  const get = (_: object, key: string | symbol) =>
    typeof key === 'string' && /^-?\d/.test(key) ? at(Number(key)) : Reflect.get(shared, key)
  const own: object = Object.create(new Proxy(shared, { get }))
  return own as RegisterArray<T, Index>
}

function outside(name: string, count: number, index: unknown): RequestError {
  const there = count === 1 ? 'there is one, 0' : `there are ${count}, 0 to ${count - 1}`
  return typeof index === 'number'
    ? new RequestError('ERANGE', `${name} has no element ${index}: ${there}`)
    : new RequestError('EUSAGE', `index: expected a number, not ${shown(index)}`)
}
