/** Simulated boards: `physmem/sim`. */
export { type Clock, systemClock, VirtualClock } from '../clock.ts'
export type { Board, BoardAccess, BoardOptions } from './board.ts'
export { defaultBoard } from './default-board.ts'
export { openSim, parseBoard } from './open.ts'
export type { BoardDescription } from './schema.ts'
export { SimMemory, type SimOptions } from './sim-memory.ts'
