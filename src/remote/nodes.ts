import type { FileStatus } from '../linux/files.ts'
import { Malformed, packed, textOf } from './bytes.ts'
import type { Session } from './session.ts'
import { takeStatus } from './status.ts'

/** Why the machine refused. */
export interface Refused {
  errno: string
}

/** Opens a file or device node of the agent's machine; nothing of it is read, written or mapped. */
export function openNode(
  session: Session,
  path: string,
  flags: number,
): Promise<{ node: number; status: FileStatus } | Refused> {
  const text = textOf(path)
  const request = packed({ u32: flags }, { u32: text.length }, text)
  return session.ask('open', request, ({ errno, rest }) => {
    if (errno !== undefined) return { errno }
    return { node: rest.u32(), status: takeStatus(rest) }
  })
}

export function closeNode(session: Session, node: number): Promise<void> {
  return session.ask('close', packed({ u32: node }), () => {})
}

/** What one pread() gave: none at the end. */
export function readNode(
  session: Session,
  node: number,
  offset: number | bigint,
  length: number,
): Promise<Uint8Array | Refused> {
  const request = packed({ u32: node }, { u32: length }, { u64: offset })
  return session.ask('read', request, ({ errno, rest }) => {
    if (errno !== undefined) return { errno }
    const count = rest.u32()
    if (count > length) throw new Malformed('more than was asked for')
    return rest.bytes(count).slice()
  })
}

/** How many bytes one pwrite() took. */
export function writeNode(
  session: Session,
  node: number,
  offset: number | bigint,
  bytes: Uint8Array,
): Promise<number | Refused> {
  const request = packed({ u32: node }, { u32: bytes.length }, { u64: offset }, bytes)
  return session.ask('write', request, ({ errno, rest }) => {
    if (errno !== undefined) return { errno }
    const count = rest.u32()
    if (count > bytes.length) throw new Malformed('more than was to be written')
    return count
  })
}

/** What is mapped of a node: as pm_memory_create() of native/engine.h takes it. */
export interface NodeMemory {
  node: number
  flags: number
  base: number
  /** `undefined` where it is not known. */
  length: number | undefined
}

export function makeMemory(
  session: Session,
  { node, flags, base, length }: NodeMemory,
): Promise<{ memory: number } | Refused> {
  const stretch = [{ u64: base }, { u64: length ?? -1n }]
  const request = packed({ u32: node }, { u32: flags }, ...stretch)
  return session.ask('memory', request, ({ errno, rest }) =>
    errno === undefined ? { memory: rest.u32() } : { errno },
  )
}
