import { crc32 } from 'node:zlib'
import { packed, Reader } from '../bytes.ts'

/** A packet of a serial line (native/agent_packet.h), in a test that stands for one of its ends. */
export interface LinePacket {
  kind: number
  session: number
  data: Uint8Array
}

const FLAG = 0x7e
const ESCAPE = 0x7d

/** What stands on the line; the other numbers of the packet are 0. */
export function onLine({ kind, session, data }: LinePacket): Uint8Array {
  const head = packed(Uint8Array.of(kind, 0, 0, 0, 0, 0, 0), { u32: session }, data)
  const bare = packed(head, { u32: crc32(head) })
  const escaped = [...bare].flatMap((byte) =>
    byte < 0x20 || byte === FLAG || byte === ESCAPE ? [ESCAPE, byte ^ 0x20] : [byte],
  )
  return Uint8Array.of(FLAG, ...escaped, FLAG)
}

/** The packets that are whole in what came. */
export function packetsIn(bytes: Uint8Array): LinePacket[] {
  const parts = Buffer.from(bytes).toString('latin1').split('~')
  return parts.flatMap((part) => {
    const text = part.replace(/}(.)/gs, (_, byte) => String.fromCharCode(byte.charCodeAt(0) ^ 0x20))
    const bare = new Uint8Array(Buffer.from(text, 'latin1'))
    if (bare.length < 15) return []
    const head = bare.subarray(0, -4)
    if (crc32(head) !== new Reader(bare.subarray(-4)).u32()) return []
    const session = new Reader(head.subarray(7)).u32()
    return [{ kind: head[0] ?? 0, session, data: head.subarray(11) }]
  })
}
