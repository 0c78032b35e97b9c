import { DescribedBoard, type Reach } from '../device/board.ts'
import { checkTarget, readBoardFile } from '../device/board-file.ts'
import { findBoardFile } from '../device/find-board.ts'
import { Session, type SessionOptions } from '../device/session.ts'
import { trustedUsers } from '../device/trusted.ts'
import { checkOptions, type OptionKinds } from '../text/options.ts'

export type {
  DescribedBoard,
  FieldReading,
  FieldValue,
  RegisterReading,
  UpdateOptions,
} from '../device/board.ts'

/** What describes the registers of a machine. */
export interface DescribeOptions {
  /** A file that describes the chip: SVD, or another format that is read. */
  chip?: string
  /**
   * A board file, which says what is where; `none` for no one. Default: the `physmem.yaml` of the
   * working directory or one above, which is refused where others could have written it.
   */
  board?: string
}

const OPTIONS: OptionKinds<DescribeOptions> = { chip: 'string', board: 'string' }

/** The registers of a machine; `known` is what it says of itself. */
export async function describeMachine(
  options: DescribeOptions,
  known: Pick<SessionOptions, 'simulated' | 'system' | 'ask'>,
  reach: Reach & { target: string },
): Promise<DescribedBoard> {
  checkOptions('describe', options, OPTIONS)
  const { chip, board } = options
  const users = trustedUsers()
  const path = board === 'none' ? undefined : (board ?? findBoardFile(process.cwd(), users))
  const file =
    path === undefined ? undefined : readBoardFile(path, board === undefined ? users : undefined)
  if (file !== undefined) checkTarget(file, reach.target)
  return new DescribedBoard(await Session.open({ ...known, chip, board: file }), reach)
}
