import { checkKind, type OptionKind, optional } from './options.ts'

/**
 * The kinds of a function's arguments, by name and in order; `?` after the name: may be left out.
 */
export type ArgumentKinds = Readonly<Record<string, OptionKind>>

/**
 * A function as it is published: it refuses arguments of another kind (EUSAGE), which programs without
 * types give, before it does anything. What this package calls itself was checked by the compiler.
 */
export function checked<F extends (...given: never[]) => unknown>(act: F, kinds: ArgumentKinds): F {
  const rules = Object.entries(kinds).map(([name, kind]): [string, OptionKind] =>
    name.endsWith('?') ? [name.slice(0, -1), optional(kind)] : [name, kind],
  )
  const published = (...given: never[]): unknown => {
    for (const [index, [name, kind]] of rules.entries()) checkKind(name, given[index], kind)
    return act(...given)
  }
  return Object.defineProperty(published, 'name', { value: act.name }) as F
}
