/** Memory at a debug port: a server of GDB's remote protocol, or QEMU's monitor. */
import { PhysmemError } from '../../base/errors.ts'
import { retell } from '../../base/retell.ts'
import type { DebugReach } from '../../place/target.ts'
import { optionWord } from '../../wording/command-line.ts'
import { withCure } from '../reach/advice.ts'
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
    const served = `QEMU serves there when it is started with ${optionOf(reach)}`
    throw withCure(error, () => served + portOfHost(reach))
  })
  const attaching =
    reach.by === 'gdb'
      ? GdbPort.attach(channel, { leave: reach.leave, limitMs })
      : QmpPort.start(channel, limitMs)
  const port = await attaching.catch((error) => {
    if (!(error instanceof PhysmemError)) throw error
    throw retell(error, { data: { cure: cureOfOther(reach) } })
  })
  const { program, leaves } = port.server
  const end = leaves && `; the machine is left ${leaves.how}: ${leaves.because}`
  notify(`${name} is ${program}${end ?? ''}`)
  return new DebugMemory(port)
}

/** Something else is there, or a server that talks to somebody else. */
function cureOfOther(reach: DebugReach): string {
  const which = reach.by === 'gdb' ? 'a GDB server (OpenOCD, or QEMU' : 'QEMU’s monitor (QEMU'
  const other =
    reach.by === 'gdb' ? 'QEMU’s monitor, name it as such' : 'a GDB server, name it as such'
  return `let ${which} with ${optionOf(reach)}) be there, and nobody else be connected to it; if it is ${other}: ${optionWord('target', otherTarget(reach))}`
}

/** What was given is the path of a socket, and looks like a port. */
function portOfHost({ by, at }: DebugReach): string {
  const [, host = 'localhost', port] =
    ('path' in at && /^(?:([\w.-]+):)?([1-9][0-9]{0,4})$/.exec(at.path)) || []
  if (port === undefined) return ''
  return `; a port of a host has slashes before it: ${optionWord('target', `${by}://${host}:${port}`)}`
}

function otherTarget({ by, at }: DebugReach): string {
  const where =
    'path' in at ? at.path : `//${at.host.includes(':') ? `[${at.host}]` : at.host}:${at.port}`
  return `${by === 'gdb' ? 'qmp' : 'gdb'}:${where}`
}

function optionOf({ by, at }: DebugReach): string {
  const where = 'path' in at ? `unix:${at.path},server=on,wait=off` : `tcp:${at.host}:${at.port}`
  const tail = by === 'qmp' && 'port' in at ? ',server=on,wait=off' : ''
  return `-${by} ${where}${tail}`
}
