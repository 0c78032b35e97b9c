import { AGENT_CPUS, type AgentCpu } from '../engine/agent-file.ts'
import { Malformed, Reader } from './bytes.ts'
import { FRAME_MOST, HELLO_BYTES, MARK, VERSION } from './protocol.ts'

/** What an agent says of itself first. */
export interface Hello {
  /** As Node names it. */
  cpu: AgentCpu
  /** Bytes of a page. */
  pageSize: number
  /** Effective. */
  uid: number
}

/** Another version of the protocol: a cause that has a cure. */
export class OtherVersion extends Error {}

/** Throws Malformed, or OtherVersion. */
export function readHello(bytes: Uint8Array): Hello {
  const reader = new Reader(bytes.subarray(0, HELLO_BYTES))
  const version = reader.u32()
  if (version !== VERSION) {
    throw new OtherVersion(
      `its agent speaks version ${version} of the protocol, and this physmem version ${VERSION}`,
    )
  }
  const [pageSize, , uid, frameMost, zero] = Array.from({ length: 5 }, () => reader.u32())
  const cpu = new TextDecoder().decode(reader.bytes(16)).replace(/\0+$/, '')
  const fits = zero === 0 && frameMost === FRAME_MOST && isPageSize(pageSize)
  if (!fits || !isCpu(cpu)) throw new Malformed('this is no hello of an agent')
  return {
    cpu,
    pageSize: pageSize as number,
    uid: uid as number,
  }
}

function isCpu(name: string): name is AgentCpu {
  return AGENT_CPUS.some((cpu) => cpu === name)
}

function isPageSize(size: number | undefined): boolean {
  return size !== undefined && size >= 4096 && size <= 65536 && (size & (size - 1)) === 0
}

/** What stands before the mark, and what after it; `undefined` where there is none yet. */
export function afterMark(
  bytes: Uint8Array,
): { before: Uint8Array; after: Uint8Array } | undefined {
  for (let at = bytes.indexOf(0); at >= 0; at = bytes.indexOf(0, at + 1)) {
    if (!MARK.every((byte, index) => bytes[at + index] === byte)) continue
    return { before: bytes.subarray(0, at), after: bytes.subarray(at + MARK.length) }
  }
  return undefined
}
