import type { AccessFile, FileOpener } from '../engine/access-file.ts'
import { underLocks } from './locks.ts'
import { closeNode, openNode, type Refused, readNode, writeNode } from './nodes.ts'
import type { Look } from './open.ts'
import { OPEN } from './protocol.ts'
import type { Session } from './session.ts'

/** What one pread() is asked for at most; what is longer is asked for in several at once. */
const MOST = 64 * 1024

/** The files of an agent's machine whose reads and writes are accesses: none is asked for twice. */
export function agentFiles(session: Session, look: Look): FileOpener {
  return {
    look,
    openFile: async (path, mode) => {
      const flags = OPEN.cached | (mode === 'write' ? OPEN.write : 0)
      const opened = await openNode(session, path, flags)
      return 'errno' in opened ? { path, ...opened } : fileOf(session, path, opened)
    },
  }
}

function fileOf(
  session: Session,
  path: string,
  { node, status }: { node: number; status: AccessFile['status'] },
): AccessFile {
  return {
    ...{ path, status },
    read: (bytes, position) => underLocks(session, () => readInto(session, node, bytes, position)),
    write: (bytes, position) =>
      underLocks(session, async () =>
        unlessRefused(await writeNode(session, node, position, bytes)),
      ),
    // Where the connection is lost the agent is gone, and with it all that it had open.
    close: () => closeNode(session, node).catch(() => {}),
  }
}

async function readInto(
  session: Session,
  node: number,
  bytes: Uint8Array,
  position: number | bigint,
): Promise<number> {
  const starts = Array.from({ length: Math.ceil(bytes.length / MOST) || 1 }, (_, at) => at * MOST)
  const parts = await Promise.all(
    starts.map((start) => {
      const offset = BigInt(position) + BigInt(start)
      return readNode(session, node, offset, Math.min(MOST, bytes.length - start))
    }),
  )
  let done = 0
  for (const part of parts) {
    if (!(part instanceof Uint8Array)) {
      if (done > 0) break
      return unlessRefused(part)
    }
    bytes.set(part, done)
    done += part.length
    // What lies behind a part that ended early does not follow it.
    if (part.length < MOST) break
  }
  return done
}

function unlessRefused(moved: number | Refused): number {
  if (typeof moved === 'number') return moved
  throw Object.assign(new Error(moved.errno), { code: moved.errno })
}
