import { defaultBoard } from './default-board.ts'
import { parseBoardText } from './parse.ts'
import type { BoardDescription } from './schema.ts'

/**
 * The built-in board as it is opened. What is built has its data in place of this module
 * (scripts/lib/built-in-board.mjs), so that `sim:` needs neither YAML nor validation there.
 */
export function builtInBoard(): BoardDescription {
  return parseBoardText(defaultBoard, 'the built-in board')
}
