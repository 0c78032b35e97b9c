/**
 * Counts, with hardware watchpoints, the accesses that every operation of windows and memories
 * makes to one cell. Run as a process of its own, on any Node version:
 *   node exactness-probe.mjs WATCH_ADDON FOLDER [WARM_CALLS HOT_CALLS [HOT_CALLS_IN_C]]
 * It prints one JSON object: `{ unavailable }`, or
 * `{ cases: [{ name, expected, counted }], strays }`.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { inspect } from 'node:util'
import type { Value, Width } from '../../base/width.ts'
import type { Memory } from '../../memory/memory.ts'
import { Program } from '../../memory/program.ts'
import type { Step } from '../../memory/step.ts'
import { openFile } from '../../ways/file.ts'
import { memoryOf } from '../from-start.ts'
import { MappedMemory } from '../mapped.ts'
import { type AccessPath, mapSource } from '../windows/map-window.ts'
import type { Window } from '../windows/window.ts'

interface Watch {
  open(cell: bigint, widthBytes: number, events: number): number
  /** all, writes, last byte, byte after */
  counts(): [number, number, number, number]
  close(): void
  /** Hits so far that belonged to no watchpoint any more. */
  strays(): number
}

/** On arm64 the kernel tells an access to the nearest watchpoint only: one pass for each. */
const PASSES = process.arch === 'arm64' ? [1, 2, 4, 8] : [15]

interface Case {
  name: string
  /** Per operation, at the eight bytes from the cell on: accesses, of them writes. */
  expected: [accesses: number, writes: number]
  /** A block of which one element lies at the cell, others before and after it. */
  rising?: boolean
  width: Width
  run: (times: number) => void | Promise<void>
}

const [addonPath = '', folder = ''] = process.argv.slice(2)
/** Of native/test/watch.h. */
const ENOTSUP = 95
const watch = createRequire(import.meta.url)(addonPath) as Watch
const file = join(folder, `cell-${process.pid}.bin`)
const CELL = 4096 + 64
const LENGTH = 16384
const WIDTHS: Width[] = [8, 16, 32, 64]
/**
 * Calls that are counted, and uncounted calls before them: cold, warm, and after 300,000 calls. A
 * JIT may change its mind at each. (A counted access costs some microseconds, so not all are; an
 * emulated CPU takes smaller numbers, since its every access is slow while it watches.)
 */
const [warm = 1000, hot = 300_000, hotInC = 5000] = process.argv.slice(4).map(Number)
const ROUNDS = [
  { before: 0, counted: 1 },
  { before: 0, counted: warm },
  { before: hot, counted: warm },
]

/** Where the newest mapping of the file shows the cell. */
function cellAddress(): bigint {
  let found: bigint | undefined
  for (const line of readFileSync('/proc/self/maps', 'utf8').split('\n')) {
    const match = /^([0-9a-f]+)-([0-9a-f]+) \S+ ([0-9a-f]+) \S+ \d+ +(.*)$/.exec(line)
    if (match?.[4] !== file) continue
    const [start, end, offset] = match.slice(1, 4).map((text) => BigInt(`0x${text}`)) as bigint[]
    const inside = BigInt(CELL) - (offset as bigint)
    if (inside >= 0n && inside < (end as bigint) - (start as bigint))
      found = (start as bigint) + inside
  }
  if (found === undefined) throw new Error('the file is not mapped')
  return found
}

function one(width: Width): Value {
  return width === 64 ? 0x1122334455667788n : 0x11223344 % 2 ** width
}

function windowCases(window: Window, how: string): Case[] {
  return WIDTHS.flatMap((width) => {
    const read = window[`read${width}`].bind(window) as (offset: number) => Value
    const write = window[`write${width}`].bind(window) as (offset: number, value: Value) => void
    const update = window[`update${width}`].bind(window) as (
      o: number,
      m: Value,
      v: Value,
    ) => { old: Value }
    const wait = window[`wait${width}`].bind(window)
    const value = one(width)
    const bytes = new Uint8Array(width)
    const add = (name: string, expected: Case['expected'], body: () => void): Case => ({
      name: `${how} ${name} (${width} bits)`,
      expected,
      width,
      run: (times) => {
        for (let i = 0; i < times; i++) body()
      },
    })
    const elements = 64 / width
    const block = (...entry: Parameters<typeof add>): Case => ({
      ...add(...entry),
      rising: true,
    })
    let kept: Value = 0
    return [
      add('read, used', [1, 0], () => {
        kept = read(CELL)
      }),
      add('read, unused', [1, 0], () => {
        read(CELL)
      }),
      add('write', [1, 1], () => write(CELL, value)),
      add('write of a negative value', [1, 1], () => write(CELL, width === 64 ? -1n : -1)),
      add('two equal writes', [2, 2], () => {
        write(CELL, value)
        write(CELL, value)
      }),
      add('write, then read', [2, 1], () => {
        write(CELL, value)
        kept = read(CELL)
      }),
      add('update', [2, 1], () => {
        kept = update(CELL, value, value).old
      }),
      add('wait, met at once', [1, 0], () => {
        wait(CELL, { mask: width === 64 ? 0n : 0, equals: width === 64 ? 0n : 0 })
      }),
      block('rising block read', [elements, 0], () => {
        window.readBlock(CELL - 8, width, 3 * elements)
      }),
      block('rising block write', [elements, elements], () =>
        window.writeBlock(CELL - 8, width, new Uint8Array(24)),
      ),
      add('fixed block read of 8', [8, 0], () => {
        window.readBlock(CELL, width, 8, 'fixed')
      }),
      add('fixed block write of 8', [8, 8], () => window.writeBlock(CELL, width, bytes, 'fixed')),
      add('fence and inspect', [0, 0], () => {
        window.fence()
        inspect(window, { showHidden: true, depth: 9 })
      }),
      add('a plain loop over read', [1, 0], () => {
        kept = kept ? read(CELL) : read(CELL)
      }),
    ]
  })
}

/** `start` is where address 0 of the memory lies in the file. */
function memoryCases(memory: Memory, { how = '', start = 0, widths = WIDTHS } = {}): Case[] {
  return widths.flatMap((width) => {
    const value = one(width)
    const mask = width === 64 ? 0n : 0
    const data = new Uint8Array(width)
    const elements = 64 / width
    const add = (name: string, expected: Case['expected'], steps: Step[]): Case => {
      const program = new Program(steps, memory.misalignment)
      return {
        name: `program ${how}${name} (${width} bits)`,
        expected,
        width,
        run: async (times) => {
          for (let i = 0; i < times; i++) await memory.run(program)
        },
      }
    }
    const block = (...entry: Parameters<typeof add>): Case => ({ ...add(...entry), rising: true })
    const at = { address: CELL - start, width }
    const around = { address: CELL - start - 8, width }
    const count = 3 * elements
    const fixed = 'fixed' as const
    return [
      add('read', [1, 0], [{ op: 'read', ...at }]),
      add('write', [1, 1], [{ op: 'write', ...at, value }]),
      add('update', [2, 1], [{ op: 'update', ...at, mask: value, value }]),
      add('fixed block read of 8', [8, 0], [{ op: 'readBlock', ...at, count: 8, stepping: fixed }]),
      add('fixed block write of 8', [8, 8], [{ op: 'writeBlock', ...at, data, stepping: fixed }]),
      add(
        'read, write, fence, read',
        [3, 1],
        [
          { op: 'read', ...at },
          { op: 'write', ...at, value },
          { op: 'fence' },
          { op: 'read', ...at },
        ],
      ),
      // So many steps are checked once, and kept by the engine with their addresses.
      add('16 reads', [16, 0], new Array<Step>(16).fill({ op: 'read', ...at })),
      add(
        'wait on another thread',
        [1, 0],
        [{ op: 'wait', ...at, mask, equals: mask, timeoutMs: 100 }],
      ),
      {
        name: `program ${how}samples (${width} bits)`,
        expected: [1, 0],
        width,
        run: async (times) => {
          const program = new Program([{ op: 'read', ...at }], memory.misalignment)
          if (times > 0) await memory.sample(program, { count: times }, () => {})
        },
      },
      block('rising block read', [elements, 0], [{ op: 'readBlock', ...around, count }]),
      block(
        'rising block write',
        [elements, elements],
        [{ op: 'writeBlock', ...around, data: new Uint8Array(24) }],
      ),
      block('fill', [elements, elements], [{ op: 'fill', ...around, count, value }]),
    ]
  })
}

/** What runs in C is the same code at every width, and hot after fewer calls. */
const SLOW = /inspect|another thread|^program (?!(read|write) \(32 bits)/
/**
 * Blocks and waits of windows: one call of the engine each, however the window makes its other
 * accesses. After 5,000 calls V8 has optimised all of TypeScript on that way (`--trace-opt`).
 */
const CALLS_C = /^(typed|native) (rising block|fixed block|wait)/

function callsBefore(name: string, before: number): number {
  if (SLOW.test(name)) return before / 100
  return CALLS_C.test(name) ? Math.min(before, hotInC) : before
}

/** How often a case is counted where hits went astray that it may lack. */
const TRIES = 10

async function count(entry: Case, cell: bigint, before: number, times: number) {
  const uncounted = callsBefore(entry.name, before)
  await entry.run(uncounted)
  const name = `${entry.name}: ${times} calls after ${uncounted}`
  const expected = expectedOf(entry, times)
  for (let tries = 1; ; tries++) {
    const strays = watch.strays()
    const counted = await countOnce(entry, cell, times)
    if ('errno' in counted) return counted
    const isSure = watch.strays() === strays || counted.join() === expected.join()
    if (isSure || tries === TRIES) return { name, expected, counted }
  }
}

/** What each watchpoint counts. */
function expectedOf({ expected: [accesses, writes], rising, width }: Case, times: number) {
  const lastByte = rising ? 1 : accesses
  const byteBehind = rising && width < 64 ? 1 : 0
  return [accesses, writes, lastByte, byteBehind].map((each) => each * times)
}

async function countOnce(entry: Case, cell: bigint, times: number) {
  const counted = [0, 0, 0, 0]
  for (const events of PASSES) {
    const errno = watch.open(cell, entry.width / 8, events)
    if (errno !== 0) return { errno }
    await entry.run(times)
    for (const [event, seen] of watch.counts().entries())
      counted[event] = (counted[event] ?? 0) + seen
    watch.close()
  }
  return counted
}

async function main(): Promise<object> {
  writeFileSync(file, new Uint8Array(LENGTH))
  const cases: object[] = []
  const measure = async (entries: Case[], cell: bigint) => {
    for (const entry of entries) {
      for (const { before, counted } of ROUNDS) {
        const result = await count(entry, cell, before, counted)
        if ('errno' in result) return result.errno
        cases.push(result)
      }
    }
    return 0
  }
  for (const access of ['typed', 'native'] satisfies AccessPath[]) {
    const window = mapSource(openFile(file, 'write'), { address: 0, length: LENGTH, access })
    const errno = await measure(windowCases(window, access), cellAddress())
    window.close()
    if (errno === ENOTSUP) return { unavailable: 'hardware watchpoints count nothing here' }
    if (errno) return { unavailable: `perf_event_open failed with errno ${errno}` }
  }
  const measureMemory = async (memory: Memory, options: Parameters<typeof memoryCases>[1] = {}) => {
    await memory.read8(CELL)
    await measure(memoryCases(memory, options), cellAddress())
    await memory.close()
  }
  await measureMemory(new MappedMemory(openFile(file, 'write')))
  const widths: Width[] = [32, 64]
  const odd = { ...openFile(file, 'write'), base: 4, length: LENGTH - 4 }
  await measureMemory(new MappedMemory(odd), { how: 'at 4 after 8: ', start: 4, widths })
  const node = { ...openFile(file, 'write'), length: undefined, wholeOnly: true }
  await measureMemory(memoryOf(node), { how: 'from the start: ', widths })
  return { cases, strays: watch.strays() }
}

try {
  process.stdout.write(`${JSON.stringify(await main())}\n`)
} finally {
  rmSync(file, { force: true })
}
