import type { CacheControl } from '../engine/addon.ts'
import { AGENT_CPUS, type AgentCpu } from '../engine/agent-file.ts'
import { Malformed, Reader } from './bytes.ts'
import { FRAME_MOST, HELLO_BYTES, MARK, VERSION } from './protocol.ts'

const VERSION_BYTES = 4

/** What an agent says of itself first. */
export interface Hello {
  /** As Node names it. */
  cpu: AgentCpu
  /** Bytes of a page. */
  pageSize: number
  /** Effective. */
  uid: number
  /** `undefined` where the CPU keeps its cache lines for the kernel. */
  cache: CacheControl | undefined
}

/** Another version of the protocol: a cause that has a cure. */
export class OtherVersion extends Error {}

/**
 * What stands first; `undefined` where it is not all there. Throws Malformed, or OtherVersion, which has
 * hellos of another length.
 */
export function readHello(bytes: Uint8Array): Hello | undefined {
  if (bytes.length < VERSION_BYTES) return undefined
  const reader = new Reader(bytes.subarray(0, HELLO_BYTES))
  const version = reader.u32()
  if (version !== VERSION) {
    throw new OtherVersion(
      `its agent speaks version ${version} of the protocol, and this physmem version ${VERSION}`,
    )
  }
  if (bytes.length < HELLO_BYTES) return undefined
  const numbers = Array.from({ length: 5 }, () => reader.u32())
  const [pageSize = 0, , uid = 0, frameMost, lineBytes = 0] = numbers
  const [cpu, clean, flush] = [takeName(reader), takeName(reader), takeName(reader)]
  const cache = { lineBytes, clean, flush }
  const fits = frameMost === FRAME_MOST && isPageSize(pageSize) && isCacheControl(cache)
  if (!fits || !isCpu(cpu)) throw new Malformed('this is no hello of an agent')
  return { cpu, pageSize, uid, cache: lineBytes === 0 ? undefined : cache }
}

function takeName(reader: Reader): string {
  return new TextDecoder('latin1').decode(reader.bytes(16)).replace(/\0+$/, '')
}

/** Whether it is that of a CPU, or of none: then all of it is empty. */
function isCacheControl({ lineBytes, clean, flush }: CacheControl): boolean {
  if (lineBytes === 0) return clean === '' && flush === ''
  const isLine = lineBytes >= 4 && lineBytes <= 4096 && isPowerOfTwo(lineBytes)
  return isLine && [clean, flush].every((name) => /^[a-z][a-z ]*$/.test(name))
}

function isPowerOfTwo(number: number): boolean {
  return (number & (number - 1)) === 0
}

function isCpu(name: string): name is AgentCpu {
  return AGENT_CPUS.some((cpu) => cpu === name)
}

function isPageSize(size: number): boolean {
  return size >= 4096 && size <= 65536 && isPowerOfTwo(size)
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
