import type { FileKind, FileStatus } from '../linux/files.ts'
import { Malformed, type Reader } from './bytes.ts'
import { KINDS } from './protocol.ts'

export function kindOf(number: number): FileKind {
  const kind = KINDS[number]
  if (kind === undefined) throw new Malformed('a kind of file that there is not')
  return kind
}

/** struct pm_node_status. */
export function takeStatus(reader: Reader): FileStatus {
  const kind = kindOf(reader.u32())
  const [mode, uid, gid] = [reader.u32(), reader.u32(), reader.u32()]
  const [dev, ino] = [Number(reader.u64()), Number(reader.u64())]
  const rdev = `${reader.u32()}:${reader.u32()}`
  return { kind, mode, uid, gid, dev, ino, rdev, size: Number(reader.u64()) }
}
