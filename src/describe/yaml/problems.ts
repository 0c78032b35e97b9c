import type { Issue } from '../model.ts'
import { readDevice } from './read.ts'
import { Reading } from './reading.ts'
import type { Tree } from './tree.ts'

/** All that is wrong or doubtful in a description, also where it is read only when asked for. */
export function descriptionProblems(tree: Tree): readonly Issue[] {
  const { device, issues } = readDevice(new Reading(''), tree, '')
  for (const block of device.blocks) void block.children
  return issues
}
