import { truncateSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Width } from '../base/width.ts'
import { TestFolder, testBytes } from '../cli/testing/files.ts'
import { recordedSim } from '../cli/testing/sim.ts'
import { loadAddon } from '../engine/addon.ts'
import { MappedMemory } from '../engine/mapped.ts'
import { systemAt } from '../engine/system-at.ts'
import { systemClock } from '../memory/clock.ts'
import { BusFault, interpret } from '../memory/interpreter.ts'
import { Memory } from '../memory/memory.ts'
import type { Program } from '../memory/program.ts'
import type { Results } from '../memory/results.ts'
import type { RunOptions } from '../memory/run-options.ts'
import { MemoryView } from '../memory/view.ts'
import { parsePlace } from '../place/index.ts'
import { openFile } from '../ways/file.ts'
import { Blanks } from './blanks.ts'
import { CHUNK_BYTES, type Gap, mergeGaps, readStream } from './stream.ts'

const folder = new TestFolder()

/** The gaps, and how many bytes came. */
async function streamed(memory: Memory, width: Width, { address = 0, length = 0 }) {
  const stretch = { place: parsePlace('0x0'), memory, address, length }
  const { signal } = new AbortController()
  const blanks = new Blanks(systemAt())
  const gaps: Gap[] = []
  let bytes = 0
  for await (const piece of readStream(stretch, { width, signal, blanks, keepGoing: true })) {
    if (piece.kind === 'gap') gaps.push(piece)
    else bytes += piece.bytes.length
  }
  const merged = mergeGaps(gaps).map(({ offset, length, reason }) => [offset, length, reason])
  return { bytes, gaps: merged }
}

/** 4, say, for 64-bit elements at 4, 12, …: they begin where a multiple of 8 is in physical memory. */
const firstElement = (misalignment: number, width: Width) => (8 - misalignment) % (width / 8)

describe('a stream that keeps going, of a memory that begins inside of 8 bytes', () => {
  const cases = ([16, 32, 64] as const).flatMap((width) =>
    [0, 1, 2, 3, 4, 5, 6, 7].map((misalignment) => ({ misalignment, width })),
  )

  it.each(cases)('passes over pages in whole elements: %o', async ({ misalignment, width }) => {
    const path = folder.file(`cut-${misalignment}-${width}.bin`, testBytes(4 * 4096))
    const source = { ...openFile(path, 'read'), base: misalignment, length: undefined }
    await using memory = new MappedMemory(source)
    await memory.read8(0)
    truncateSync(path, 4096)
    const address = firstElement(misalignment, width)
    const length = 3 * 4096
    const there = 4096 - misalignment - address
    expect(await streamed(memory, width, { address, length })).toEqual({
      bytes: there,
      gaps: [[there, length - there, 'the file ends before']],
    })
  })

  it.each(cases)('goes on after an element, to the end of its page: %o', async (all) => {
    const { misalignment, width } = all
    const length = 0x1020
    await using board = await recordedSim()
    const base = 0x1000_0000 + misalignment
    const view = { name: 'part', base, length: undefined, close: async () => {} }
    const memory = new MemoryView(board, view)
    expect(memory.misalignment).toBe(misalignment)
    const address = firstElement(misalignment, width)
    const { bytes, gaps } = await streamed(memory, width, { address, length })
    const missing = gaps.reduce((sum, [, length]) => sum + Number(length), 0)
    expect(bytes + missing).toBe(length)
    expect(bytes % (width / 8)).toBe(0)
    expect(gaps.at(-1)?.[2]).toBe('nothing answered (bus error)')
  })

  it('asks once for a chunk in which nothing answers', async () => {
    await using board = await recordedSim()
    let runs = 0
    const run = board.run.bind(board)
    board.run = (...work) => {
      runs++
      return run(...work)
    }
    const length = 2 ** 16
    expect(await streamed(board, 32, { address: 0x9000_0000, length })).toEqual({
      bytes: 0,
      gaps: [[0, length, 'nothing answered (bus error)']],
    })
    expect(runs).toBe(1)
    expect(board.board.accesses.map(({ address }) => address)).toEqual(
      Array.from({ length: length / 4 }, (_, index) => 0x9000_0000 + 4 * index),
    )
  })

  it('passes over the page of the memory below, and not over a part of the next one', async () => {
    class Below extends Memory {
      readonly name = 'below'
      readonly length = undefined
      run(program: Program, options: RunOptions): Promise<Results> {
        const load = (address: number) => {
          if (address >> 12 === 1) throw new BusFault('it is hidden', 'EIO')
          return 7
        }
        return interpret(program, { name: this.name, ...systemClock, load, store() {} }, options)
      }
      async close() {}
    }
    const close = async () => {}
    const view = new MemoryView(new Below(), { name: 'v', base: 0x604, length: undefined, close })
    expect(await streamed(view, 8, { length: 0x3000 })).toEqual({
      bytes: 0x2000,
      gaps: [[0x9fc, 0x1000, 'it is hidden']],
    })
  })

  it('passes over the page of a file that ends, where that begins in it', async () => {
    const path = folder.file('late.bin', testBytes(2 * 4096))
    const source = { ...openFile(path, 'read'), base: 0x604, length: undefined }
    await using memory = new MappedMemory(source)
    let runs = 0
    const run = memory.run.bind(memory)
    memory.run = (...work) => {
      runs++
      return run(...work)
    }
    expect(await streamed(memory, 32, { length: 2 * 4096 - 0x604 })).toMatchObject({ gaps: [] })
    truncateSync(path, 0)
    runs = 0
    expect(await streamed(memory, 32, { length: 2 * 4096 - 0x604 })).toEqual({
      bytes: 0,
      gaps: [[0, 2 * 4096 - 0x604, 'the file ends before']],
    })
    expect(runs).toBe(Math.ceil((2 * 4096) / loadAddon().pageSize))
  })

  it('throws what is wrong with a piece that was begun while another was used', async () => {
    const unhandled: unknown[] = []
    const note = (error: unknown) => unhandled.push(error)
    process.on('unhandledRejection', note)
    const length = CHUNK_BYTES + 4
    await using memory = new MappedMemory(
      openFile(folder.file('odd.bin', new Uint8Array(length)), 'read'),
    )
    await expect(streamed(memory, 64, { length })).rejects.toThrow(
      'a block of 0.5 elements: expected 1 to 4294967295',
    )
    process.off('unhandledRejection', note)
    expect(unhandled).toEqual([])
  })
})
