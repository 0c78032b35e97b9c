import { optionWord } from './command-line.ts'

/** How a caller gives what a store by name asks for. */
export interface StoreWords {
  /** To store in spite of what is refused. */
  force: string
  /** A whole value of a register. */
  whole(register: string): string
  /** The value of another field. */
  also(register: string, field: string): string
}

export const ON_THE_LINE: StoreWords = {
  force: optionWord('force'),
  whole: (register) => `${register}=VALUE`,
  also: (register, field) => `${register}:${field}=VALUE`,
}

export const IN_A_PROGRAM: StoreWords = {
  force: '{ force: true }',
  whole: (register) => `write('${register}', value)`,
  also: (register, field) => `update('${register}', { ${field}: value })`,
}
