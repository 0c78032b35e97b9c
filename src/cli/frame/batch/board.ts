import { RequestError } from '../../../base/errors.ts'
import { checkTarget, readBoardFile } from '../../../device/board-file.ts'
import { clip } from '../../../text/refuse.ts'
import type { TargetLine } from '../several/target-line.ts'

/**
 * Refuses a line of a batch that by itself would be for another machine than the batch, since a board
 * file has named a target. Throws a RequestError, also for a board file that is wrong.
 */
export function refuseOtherBoard(line: Pick<TargetLine, 'name' | 'settings' | 'values'>): void {
  const { boardTarget, targetFrom, target } = line.settings
  const { board } = line.values
  const isNone = board === undefined || board === 'none'
  if (isNone && boardTarget !== undefined) {
    const what = board === undefined ? line.name : '--board none'
    const message = `${what} ignores the target that ${targetFrom} has for this batch`
    const cure = `say which machine is meant: --target local, or --target ${clip(boardTarget)}`
    throw new RequestError('EUSAGE', message, { input: line.name, cure })
  }
  if (typeof board === 'string' && !isNone) checkTarget(readBoardFile(board), target)
}
