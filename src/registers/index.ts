/** What code that `physmem codegen` writes is built on: `physmem/registers`. */
export type { Window } from '../engine/windows/window.ts'
export type { Memory } from '../memory/memory.ts'
export { type Below, elements, type RegisterArray } from './array.ts'
export { flag, integer, longInteger, overlap, swapped, unknownField } from './codes.ts'
export {
  type Changing,
  inMemory,
  type Layout,
  type Modifiable,
  type Readable,
  type Reading,
  type Registers,
  type Writable,
} from './in-memory.ts'
export { type Accessors, startOf } from './start.ts'
