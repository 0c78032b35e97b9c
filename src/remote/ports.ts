import type { PortInstructions } from '../engine/port-instructions.ts'
import { BusFault } from '../memory/interpreter.ts'
import { Malformed, packed } from './bytes.ts'
import { underLocks } from './locks.ts'
import { PORT } from './protocol.ts'
import type { Session } from './session.ts'

interface Use {
  what: keyof typeof PORT
  port: number
  bytes: number
  value?: number
}

/** The I/O ports of an agent's machine: one request an access, and none is made twice. */
export function agentPorts(session: Session): PortInstructions {
  return {
    allow: async (port, bytes) => {
      const used = await usePort(session, { what: 'allow', port, bytes })
      return typeof used === 'number' ? undefined : used.errno
    },
    in: (port, bytes) =>
      underLocks(session, async () => done(await usePort(session, { what: 'in', port, bytes }))),
    out: async (port, bytes, value) => {
      const use = () => usePort(session, { what: 'out', port, bytes, value })
      done(await underLocks(session, use))
    },
  }
}

function usePort(
  session: Session,
  { what, port, bytes, value = 0 }: Use,
): Promise<number | { errno: string }> {
  const request = packed({ u32: PORT[what] }, { u32: port }, { u32: bytes }, { u32: value })
  const most = what === 'in' ? 2 ** (8 * bytes) : 1
  return session.ask('port', request, ({ errno, rest }) => {
    if (errno !== undefined) return { errno }
    const read = rest.u32()
    if (read >= most) throw new Malformed('more than a port holds')
    return read
  })
}

/** The agent asks for the port before each access: what is refused then was not accessed. */
function done(used: number | { errno: string }): number {
  if (typeof used === 'number') return used
  throw new BusFault(`ioperm was refused (${used.errno})`, 'EIO')
}
