/** A table of functions, and what each takes. */

/** An argument: one that is taken, and further types that it may have. */
export interface Argument {
  good: unknown
  optional?: boolean
  also?: readonly string[]
}

export interface Row {
  given: readonly Argument[]
  call(...given: never[]): unknown
}

export const need = (good: unknown, ...also: string[]): Argument => ({ good, also })
export const may = (good: unknown, ...also: string[]): Argument => ({ good, also, optional: true })
export const value = need(1, 'bigint')
export const offset = need(0)
export const width = need(32)
export const options = may({})
export const text = need('1')

/** By `new CLASS`, `CLASS#method` or the name of a function. */
export class Table {
  readonly rows: Record<string, Row> = {}

  readonly add = (name: string, call: unknown, ...given: Argument[]): void => {
    this.rows[name] = { given, call: call as Row['call'] }
  }

  /** Functions of one room that take the same. */
  readonly each = (room: object, names: string, ...given: Argument[]): void => {
    for (const name of names.split(' ')) this.add(name, room[name as never], ...given)
  }

  /** Methods of an object. */
  readonly method = (of: string, object: object, names: string, ...given: Argument[]): void => {
    for (const name of names.split(' ')) {
      this.add(
        `${of}#${name}`,
        (...args: never[]) => (object[name as never] as Row['call']).apply(object, args),
        ...given,
      )
    }
  }
}
