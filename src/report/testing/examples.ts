import { accesses } from './examples/accesses.ts'
import type { Examples } from './examples/full.ts'
import { machine } from './examples/machine.ts'
import { registers } from './examples/registers.ts'

export { errors } from './examples/errors.ts'

/** A document of each command, with all members that there may be. */
export const examples: Examples = { ...accesses, ...registers, ...machine }
