import type { PhysmemError } from '../base/errors.ts'
import { type NodeSource, nameOfSource } from '../engine/node-source.ts'
import { openingError } from '../engine/open-node.ts'
import type { System } from '../linux/system.ts'
import type { Memory } from '../memory/memory.ts'
import { connectionError } from './errors.ts'
import { RemoteMemory } from './memory.ts'
import { closeNode, makeMemory, openNode } from './nodes.ts'
import { MEMORY, OPEN } from './protocol.ts'
import type { Session } from './session.ts'

export type Look = <T>(question: (system: System) => T | Promise<T>) => Promise<T>

/** Opens what can be mapped of the agent's machine. Rejects with why not; nothing is accessed. */
export async function openRemote(
  session: Session,
  source: NodeSource,
  look: Look,
): Promise<Memory> {
  const { path, mode, base, length, wholeOnly, cached, lost } = source
  const writes = mode === 'write'
  const opened = await openNode(
    session,
    path,
    (writes ? OPEN.write : 0) | (cached ? OPEN.cached : 0),
  )
  if ('errno' in opened) throw await refusedOpen(source, opened.errno, look)
  const { node } = opened
  const flags = (writes ? MEMORY.writable : 0) | (wholeOnly ? MEMORY.whole : 0)
  const misalignment = base % 8
  const made = await makeMemory(session, {
    ...{ node, flags },
    base: base - misalignment,
    length: length + misalignment,
  })
  if ('errno' in made) {
    await closeNode(session, node)
    throw connectionError(session.name, `its agent has no room for ${path} (${made.errno})`)
  }
  return new RemoteMemory(session, {
    ...{ name: nameOfSource(source, path), node, memory: made.memory, mode, base, length },
    regularFile: false,
    explain: (errno, address) => look((system) => source.explainMap(errno, address, system)),
    ...(lost === undefined ? {} : { lost: () => look((system) => lost(system)) }),
  })
}

async function refusedOpen(
  { path, mode, explainOpen }: NodeSource,
  errno: string,
  look: Look,
): Promise<PhysmemError> {
  const refusal = await look((system) => explainOpen?.(errno, system))
  return openingError(path, mode, errno, refusal)
}
