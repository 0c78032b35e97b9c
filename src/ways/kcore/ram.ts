import { isSystemRam, type Resource } from '../../linux/iomem.ts'
import type { KcoreSegment } from '../../linux/kcore.ts'

/** A stretch of RAM in /proc/kcore: physical addresses from `start` to before `end`. */
export interface RamSegment {
  start: number
  end: number
  /** Where `start` is in the file: often beyond 2^53. */
  offset: bigint
}

/**
 * The RAM in /proc/kcore by physical address, largest stretch first: of two that hold an address
 * (the direct map and the kernel's own text) the first is the better. Where the headers have no
 * physical addresses, the direct map is found by `iomem`. `undefined` when that fails, too.
 */
export function ramSegments(
  segments: readonly KcoreSegment[],
  iomem: () => readonly Resource[],
  pageBytes: number,
): RamSegment[] | undefined {
  const told = segments.flatMap(({ physical, length, offset }) =>
    physical === undefined ? [] : [toRam(physical, length, offset)],
  )
  if (told.length > 0) return told.filter(isPlausible).sort(bySize)
  return fromDirectMap(segments, ramRanges(iomem(), pageBytes))?.sort(bySize)
}

/** The stretch that holds an address. */
export function segmentAt(segments: readonly RamSegment[], address: number) {
  return segments.find(({ start, end }) => start <= address && address < end)
}

function toRam(physical: bigint, length: bigint, offset: bigint): RamSegment {
  return { start: Number(physical), end: Number(physical + length), offset }
}

function isPlausible({ start, end }: RamSegment): boolean {
  return Number.isSafeInteger(end) && end > start
}

function bySize(a: RamSegment, b: RamSegment): number {
  return b.end - b.start - (a.end - a.start)
}

/**
 * System RAM in whole pages, as kernel/resource.c, walk_system_ram_range() hands it to kcore: at the
 * first level only, before 4.11, which this is for.
 */
function ramRanges(iomem: readonly Resource[], pageBytes: number): [start: bigint, size: bigint][] {
  return iomem
    .filter(({ name, last, depth }) => depth === 0 && isSystemRam(name) && last > 0)
    .map(({ start, last }): [number, number] => {
      const first = Math.ceil(start / pageBytes)
      return [first * pageBytes, (Math.floor((last + 1) / pageBytes) - first) * pageBytes]
    })
    .filter(([, size]) => size > 0)
    .map(([start, size]) => [BigInt(start), BigInt(size)])
}

/** No kernel begins its direct map at less than a multiple of 2 MiB, so that it can take large pages. */
const DIRECT_MAP_ALIGN = 2n ** 21n

/**
 * In the direct map RAM lies as it does in physical memory, from an address on that KASLR chooses:
 * the one at which every range of RAM is a segment of its own size.
 */
function fromDirectMap(
  segments: readonly KcoreSegment[],
  ranges: readonly [start: bigint, size: bigint][],
): RamSegment[] | undefined {
  const [lowest] = ranges
  if (!lowest) return undefined
  const sizes = new Map(segments.map((segment) => [segment.virtual, segment]))
  for (const { virtual } of segments) {
    const base = virtual - lowest[0]
    if (base % DIRECT_MAP_ALIGN !== 0n) continue
    const found = ranges.map(([start, size]) => {
      const segment = sizes.get(base + start)
      return segment?.length === size ? toRam(start, size, segment.offset) : undefined
    })
    if (found.every((one) => one !== undefined)) return found
  }
  return undefined
}
