/** What kmod/physmem.h says, for TypeScript: a test compares all of it with the header itself. */
import { type Members, Struct } from './struct.ts'

/** PHYSMEM_API_VERSION. */
export const API_VERSION = 2

/** `enum physmem_caching`, by its numbers. */
export const CACHINGS = ['auto', 'write-back', 'write-combine', 'uncached'] as const
export type MapCaching = (typeof CACHINGS)[number]

/** `enum physmem_kind`. */
export const KINDS = ['none', 'ram', 'reserved', 'device'] as const
export type MemoryKind = (typeof KINDS)[number]

/** `enum physmem_refusal`. */
export const REFUSALS = [
  'allowed',
  'wraps',
  'unaligned',
  'nothing there',
  'mixed',
  'caching conflict',
  'caching impossible',
  'claimed',
  'unusable',
] as const
export type MapRefusal = (typeof REFUSALS)[number]

/** `enum physmem_cache_operation`, which begins at 1. */
export const OPERATIONS = { clean: 1, invalidate: 2, flush: 3 } as const
export type CacheOperation = keyof typeof OPERATIONS

/** PHYSMEM_RANGE_… */
export const RANGE_BUFFER = 1
export const RANGE_BUSY = 2
export const RANGE_UNUSABLE = 4
/** PHYSMEM_CACHE_ANY_RAM */
export const CACHE_ANY_RAM = 1
/** PHYSMEM_DMA_… */
export const DMA_IOMMU = 1
export const DMA_COHERENT = 2

const WRITE = 1
const READ = 2
const READ_WRITE = WRITE | READ
/** PHYSMEM_MAGIC */
const MAGIC = 0xbe

/** One thing that the module can be asked, and the struct that goes there and comes back. */
export interface Request<M extends Members> {
  /** For ioctl(). */
  readonly code: number
  readonly struct: Struct<M>
}

/** include/uapi/asm-generic/ioctl.h, _IOC(): so on x86, arm, arm64 and riscv. */
function request<M extends Members>(direction: number, number: number, members: M): Request<M> {
  const struct = new Struct(members)
  const code = ((direction << 30) | (struct.size << 16) | (MAGIC << 8) | number) >>> 0
  return { code, struct }
}

export const GET_VERSION = request(READ, 0, { api: 'u32', pageSize: 'u32', addressLimit: 'u64' })

export const GET_RANGE = request(READ_WRITE, 1, {
  start: 'u64',
  length: 'u64',
  kind: 'u32',
  caching: 'u32',
  flags: 'u32',
  reserved: 'u32',
})

export const CHECK_MAP = request(READ_WRITE, 2, {
  start: 'u64',
  length: 'u64',
  caching: 'u32',
  refusal: 'u32',
  address: 'u64',
})

export const SET_CACHING = request(WRITE, 3, { caching: 'u32' })

export const ALLOCATE = request(READ_WRITE, 4, {
  length: 'u64',
  below: 'u64',
  alignment: 'u64',
  caching: 'u32',
  fd: 's32',
  address: 'u64',
})

export const GET_BUFFER = request(READ, 5, {
  address: 'u64',
  length: 'u64',
  caching: 'u32',
  reserved: 'u32',
})

export const CACHE = request(WRITE, 6, {
  start: 'u64',
  length: 'u64',
  operation: 'u32',
  flags: 'u32',
})

export const TRANSLATE = request(READ_WRITE, 7, { virtualAddress: 'u64', address: 'u64' })

export const GET_DMA = request(READ_WRITE, 8, {
  domain: 'u32',
  bus: 'u8',
  devfn: 'u8',
  reserved: 'u16',
  address: 'u64',
  length: 'u64',
  dmaAddress: 'u64',
  dmaMask: 'u64',
  flags: 'u32',
  reserved2: 'u32',
})
