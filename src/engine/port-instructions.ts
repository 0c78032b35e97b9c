import { errnoName } from '../base/errno.ts'
import type { Pending } from '../base/pending.ts'
import { loadAddon, type Ports } from './addon.ts'

/** `in` and `out` of x86, and the permission for them, on a machine wherever it is. */
export interface PortInstructions {
  /** Lets `bytes` ports from `port` on be used; an errno where the system refuses. No access. */
  allow(port: number, bytes: number): Pending<string | undefined>
  /** One access of 1, 2 or 4 bytes of ports that were allowed. */
  in(port: number, bytes: number): Pending<number>
  out(port: number, bytes: number, value: number): Pending<void>
}

/** Those of this CPU, by the engine; `undefined` on one without ports. Throws EPLATFORM where there is no engine. */
export function ownPorts(ports: Ports = loadAddon()): PortInstructions | undefined {
  const { portAllow, portIn, portOut } = ports
  if (!portAllow || !portIn || !portOut) return undefined
  return {
    allow: (port, bytes) => {
      const errno = portAllow(port, bytes)
      return errno === 0 ? undefined : errnoName(errno)
    },
    in: portIn,
    out: portOut,
  }
}
