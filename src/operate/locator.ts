import type { Machine } from '../machine/machine.ts'

/** What finds memories: a machine, or what a test puts in its place. */
export type Locator = Pick<Machine, 'locate'>
