import { retell } from '../base/retell.ts'
import { isLost } from '../memory/lost.ts'
import { textOf } from './bytes.ts'
import { closeNode, openNode, writeNode } from './nodes.ts'
import { OPEN } from './protocol.ts'
import type { Session } from './session.ts'

/** What is stored in files of sysfs of an agent's machine. */
export interface AgentSysfs {
  /** Whether the agent runs as root. */
  readonly isRoot: boolean
  /** Aborts when the connection has ended. */
  readonly ended: AbortSignal
  /**
   * Writes a text by one write(2), and without reading. Resolves with the errno with which it was refused.
   * Rejects with ECONNECTION; its data has `unsure` where it may be done.
   */
  write(path: string, text: string): Promise<string | undefined>
  /** Does what comes to its end, whatever signal arrives meanwhile. */
  undisturbed<T>(act: () => Promise<T>): Promise<T>
}

export function agentSysfs(session: Session): AgentSysfs {
  return {
    isRoot: session.hello.uid === 0,
    ended: session.ended,
    write: (path, text) => store(session, path, textOf(text)),
    undisturbed: (act) => session.undisturbed(act),
  }
}

async function store(
  session: Session,
  path: string,
  bytes: Uint8Array,
): Promise<string | undefined> {
  const opened = await openNode(session, path, OPEN.cached | OPEN.writeOnly)
  if ('errno' in opened) return opened.errno
  const written = writeNode(session, opened.node, 0, bytes)
  // What is lost meanwhile is said of the write; with the agent its nodes are gone.
  const closed = closeNode(session, opened.node).catch(() => {})
  const taken = await written.catch((error) => {
    throw isLost(error) ? retell(error, { data: { unsure: UNSURE } }) : error
  })
  await closed
  if (typeof taken !== 'number') return taken.errno
  return taken === bytes.length ? undefined : 'EIO'
}

const UNSURE = 'it is not known whether it was done'
