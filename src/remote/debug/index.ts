/** Memory at a debug port: a server of GDB's remote protocol, or QEMU's monitor. */
import { PhysmemError } from '../../base/errors.ts'
import { retell } from '../../base/retell.ts'
import type { DebugReach } from '../../place/target.ts'
import { openEndpoint } from '../reach/socket-channel.ts'
import { GdbPort } from './gdb-port.ts'
import { DebugMemory } from './memory.ts'
import { QmpPort } from './qmp-port.ts'

export type { DebugServer } from './port.ts'
export type { DebugMemory }

/** How long an answer may take, in milliseconds. */
const LIMIT_MS = 30_000

/**
 * Connects to a debug port; most servers stop their machine then. `name` is that of the target; `notify`
 * is told what the server is, and how the machine will be left. Rejects with ECONNECTION.
 */
export async function openDebugPort(
  name: string,
  reach: DebugReach,
  notify: (text: string) => void = () => {},
  limitMs = LIMIT_MS,
): Promise<DebugMemory> {
  const channel = await openEndpoint(name, reach.at).catch((error) => {
    throw advised(error, reach)
  })
  const port =
    reach.by === 'gdb'
      ? await GdbPort.attach(channel, { leave: reach.leave, limitMs })
      : await QmpPort.start(channel, limitMs)
  const { program, leaves } = port.server
  const end = leaves && `; the machine is left ${leaves.how}: ${leaves.because}`
  notify(`${name} is ${program}${end ?? ''}`)
  return new DebugMemory(port)
}

function advised(error: unknown, { by, at }: DebugReach): unknown {
  if (!(error instanceof PhysmemError)) return error
  const where = 'path' in at ? `unix:${at.path},server=on,wait=off` : `tcp:${at.host}:${at.port}`
  const tail = by === 'qmp' && 'port' in at ? ',server=on,wait=off' : ''
  const cure = `QEMU serves there when it is started with -${by} ${where}${tail}`
  return retell(error, { data: { cure } })
}
