import type { Files } from './files.ts'
import { filesAt } from './files-at.ts'
import { readStart } from './read.ts'

/** A stretch of kernel memory in /proc/kcore: one PT_LOAD program header. */
export interface KcoreSegment {
  /** First virtual address. */
  virtual: bigint
  /**
   * First physical address; `undefined` where it has none (vmalloc), and on kernels before 4.11,
   * which write 0 in every header.
   */
  physical: bigint | undefined
  /** Bytes. */
  length: bigint
  /** Where it is in the file: often beyond 2^53. */
  offset: bigint
}

const PT_LOAD = 1
const elfMagic = 0x7f454c46

/** Where the fields are (include/uapi/linux/elf.h), and how an address is read. */
interface Layout {
  word(at: number): bigint
  header: { table: number; entrySize: number; count: number }
  entry: { offset: number; virtual: number; physical: number; size: number }
  smallest: number
  /** What the kernel writes for "no physical address". */
  none: bigint
}

function layoutOf(view: DataView): Layout | undefined {
  if (view.byteLength < 64 || view.getUint32(0) !== elfMagic) return undefined
  const little = view.getUint8(5) === 1
  if (view.getUint8(4) === 2) {
    return {
      word: (at) => view.getBigUint64(at, little),
      header: { table: 32, entrySize: 54, count: 56 },
      entry: { offset: 8, virtual: 16, physical: 24, size: 40 },
      smallest: 56,
      none: 2n ** 64n - 1n,
    }
  }
  return {
    word: (at) => BigInt(view.getUint32(at, little)),
    header: { table: 28, entrySize: 42, count: 44 },
    entry: { offset: 4, virtual: 8, physical: 12, size: 20 },
    smallest: 32,
    none: 2n ** 32n - 1n,
  }
}

interface Table {
  start: number
  entrySize: number
  count: number
}

function tableOf(view: DataView, layout: Layout): Table | undefined {
  const little = view.getUint8(5) === 1
  const start = layout.word(layout.header.table)
  const entrySize = view.getUint16(layout.header.entrySize, little)
  // Bounds against nonsense: the kernel's table follows the first header, without gaps.
  if (start > 4096n || entrySize < layout.smallest || entrySize > 256) return undefined
  const count = view.getUint16(layout.header.count, little)
  return { start: Number(start), entrySize, count }
}

/**
 * The stretches of memory in the headers of /proc/kcore (fs/proc/kcore.c), 64 or 32 bits, of
 * either byte order. `bytes` is the start of the file; headers that it cuts off are left out, and
 * what is not an ELF file (a container's empty one) has none.
 */
export function parseKcoreHeaders(bytes: Uint8Array): KcoreSegment[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const layout = layoutOf(view)
  const table = layout && tableOf(view, layout)
  if (layout === undefined || table === undefined) return []
  const little = view.getUint8(5) === 1
  const segments: KcoreSegment[] = []
  for (let index = 0; index < table.count; index++) {
    const at = table.start + index * table.entrySize
    if (at + layout.smallest > view.byteLength) break
    if (view.getUint32(at, little) !== PT_LOAD) continue
    const { offset, virtual, physical, size } = layout.entry
    const address = layout.word(at + physical)
    segments.push({
      virtual: layout.word(at + virtual),
      physical: address === layout.none ? undefined : address,
      length: layout.word(at + size),
      offset: layout.word(at + offset),
    })
  }
  const told = segments.some(({ physical }) => physical !== 0n)
  return told ? segments : segments.map((segment) => ({ ...segment, physical: undefined }))
}

/** How many bytes from the start of the file hold all headers: at least 64. */
export function kcoreHeaderLength(start: Uint8Array): number {
  const view = new DataView(start.buffer, start.byteOffset, start.byteLength)
  const layout = layoutOf(view)
  const table = layout && tableOf(view, layout)
  return table === undefined ? 64 : Math.max(64, table.start + table.count * table.entrySize)
}

/**
 * The stretches of memory in /proc/kcore; none where it cannot be read. Only its
 * headers are read. It needs CAP_SYS_RAWIO and a kernel that is not locked down for
 * confidentiality, but unlike /proc/iomem not CAP_SYS_ADMIN: it says where RAM is without it.
 */
export function readKcoreHeaders(files: Files = filesAt()): KcoreSegment[] {
  const file = '/proc/kcore'
  return parseKcoreHeaders(readStart(files, file, kcoreHeaderLength(readStart(files, file, 64))))
}
