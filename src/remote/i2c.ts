import { errnoName } from '../base/errno.ts'
import type { I2cEnd, I2cNode, I2cOpener } from '../engine/i2c-node.ts'
import { Malformed, packed } from './bytes.ts'
import { underLocks } from './locks.ts'
import { closeNode, openNode } from './nodes.ts'
import type { Look } from './open.ts'
import { I2C, OPEN } from './protocol.ts'
import type { Session } from './session.ts'

interface Use {
  node: number
  what: keyof typeof I2C
  device?: number
  out?: Uint8Array
  /** How many bytes come in. */
  count?: number
}

/** What it ended with. */
interface Used {
  /** The errno of the transaction, where it failed. */
  failed: string | undefined
  value: number
  /** As many bytes as were to come in, where it did not fail. */
  bytes: Uint8Array
}

/** The I2C buses of an agent's machine: one request a transaction, and none is made twice. */
export function agentI2c(session: Session, look: Look): I2cOpener {
  return {
    look,
    openI2c: async (path, mode) => {
      const opened = await openNode(session, path, mode === 'write' ? OPEN.write : 0)
      if ('errno' in opened) return { path, ...opened }
      const { node, status } = opened
      return { path, number: status.rdev, ...callsOf(session, node) }
    },
  }
}

function callsOf(session: Session, node: number): Omit<I2cNode, 'path' | 'number'> {
  const transaction = async (use: Omit<Use, 'node'>, into?: Uint8Array): Promise<I2cEnd> => {
    const used = await underLocks(session, () => useI2c(session, { node, ...use }))
    if ('refused' in used) return used
    if (used.failed !== undefined) return { failed: used.failed }
    into?.set(used.bytes)
    return undefined
  }
  return {
    functions: async () => {
      const used = await useI2c(session, { node, what: 'functions' })
      return 'refused' in used ? used : used.value
    },
    select: async (device) => {
      const used = await useI2c(session, { node, what: 'select', device })
      return 'refused' in used ? used.refused : undefined
    },
    transfer: (device, out, into) =>
      transaction({ what: 'transfer', device, out, count: into.length }, into),
    smbus: (device, isRead, command, bytes) =>
      isRead
        ? transaction(
            { what: 'smbus', device, out: Uint8Array.of(command), count: bytes.length },
            bytes,
          )
        : transaction({ what: 'smbus', device, out: Uint8Array.of(command, ...bytes) }),
    // Where the connection is lost the agent is gone, and with it all that it had open.
    close: () => closeNode(session, node).catch(() => {}),
  }
}

function useI2c(
  session: Session,
  { node, what, device = 0, out = new Uint8Array(0), count = 0 }: Use,
): Promise<Used | { refused: string }> {
  const head = [node, I2C[what], device, out.length, count].map((u32) => ({ u32 }))
  return session.ask('i2c', packed(...head, out), ({ errno, rest }) => {
    if (errno !== undefined) return { refused: errno }
    const ended = rest.u32()
    const value = rest.u32()
    const bytes = rest.bytes(rest.u32()).slice()
    if (bytes.length !== (ended === 0 ? count : 0))
      throw new Malformed('other bytes than were read')
    return { failed: ended === 0 ? undefined : errnoName(ended), value, bytes }
  })
}
