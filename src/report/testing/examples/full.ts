import type { Documents } from '../../documents.ts'
import type { Printed } from '../../printed.ts'

/** With all members that there may be. What counts failures by their code has those that there were. */
export type Full<T> = T extends readonly (infer One)[]
  ? readonly Full<One>[]
  : T extends object
    ? { [K in keyof T]-?: K extends 'failures' ? T[K] : Full<T[K]> }
    : T

/** Examples of the documents of these commands. */
export type Examples<Command extends keyof Documents = keyof Documents> = {
  [C in Command]: readonly Full<Printed<Documents[C]>>[]
}
