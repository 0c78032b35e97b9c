import type { Device } from '../../describe/model.ts'
import { readDevice } from '../../describe/yaml/read.ts'
import { Reading } from '../../describe/yaml/reading.ts'
import { treeOf } from '../../describe/yaml/tree.ts'
import type { BoardDescription } from './schema.ts'

/**
 * What a board says of its registers: its devices are the blocks, at their bases, and the kinds of
 * the registers imply who may access them and with which effects. `memory.board.description` of a
 * `SimMemory` is such a board.
 */
export function describeBoard(board: BoardDescription): Device {
  return readDevice(new Reading(board.name), treeOf(board), board.name).device
}
