import type { Value, Width } from '../../base/width.ts'

/** What a server at a debug port is, and what it does. */
export interface DebugServer {
  protocol: 'gdb' | 'qmp'
  /** What it says that it is: `QEMU 7.2.22`. */
  program: string
  /** Whether an address is one of physical memory, or what the CPU at the port takes it for. */
  addresses: 'physical' | 'as the target sees them'
  /** Whether an access at which nothing is fails, or gives zeros and is lost. */
  tellsFaults: { read: boolean; write: boolean }
  /** How the machine is left; `undefined` where connecting does not stop it. */
  leaves: { how: 'running' | 'stopped'; because: string } | undefined
}

/** A connection to a debug port, on which one access is one question. */
export interface DebugPort {
  /** The target. */
  readonly name: string
  readonly server: DebugServer
  /** Whether the connection has ended, for good. */
  readonly isLost: boolean
  /** `undefined` where there is no store. */
  readonly store: ((address: number, width: Width, value: Value) => Promise<void>) | undefined
  load(address: number, width: Width): Promise<Value>
  /** Leaves the machine as it was found, and ends the connection. */
  leave(): Promise<void>
}
