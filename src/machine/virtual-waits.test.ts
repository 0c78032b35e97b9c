/** Waits on a virtual clock: looks that can see nothing new are left out, and no others. */
import { describe, expect, it } from 'vitest'
import type { PhysmemError } from '../base/errors.ts'
import { type Clock, VirtualClock } from '../memory/clock.ts'
import { parseBoard, SimMemory } from '../memory/sim/index.ts'
import { mapWindow } from '../open.ts'

const BASE = 0x1000
const description = await parseBoard(`
name: waits
regions:
  ram: { kind: ram, base: 0, size: 0x1000 }
  dev:
    kind: device
    base: 0x1000
    size: 0x100
    registers:
      KEPT: { offset: 0x00, kind: read-write, reset: 5 }
      START: { offset: 0x04, kind: self-clearing, start: 0, busy: 20ms, raises: [DONE:0] }
      DONE: { offset: 0x08, kind: write-1-to-clear }
      STATUS: { offset: 0x0c, kind: read-only, live: { '0': START.busy } }
      EVENTS: { offset: 0x10, kind: read-to-clear, reset: 1 }
      FIFO: { offset: 0x14, kind: fifo, depth: 4, contents: [1, 2, 3], empty: 0 }
      LOADS: { offset: 0x18, kind: counter, per-read: 1 }
      SECONDS: { offset: 0x1c, kind: counter, rate: 1 }
      FORCE: { offset: 0x20, kind: write-1-to-set, of: DONE }
`)

interface Wait {
  offset: number
  equals: number
  mask?: number
  timeoutMs: number
}

/** The same wait on a board of its own, by the memory and by a window: how it ended, and its looks. */
async function waited(wait: Wait, clocks: () => Clock): Promise<unknown[]> {
  const { offset, ...condition } = wait
  const ended = []
  for (const way of ['memory', 'window']) {
    const memory = new SimMemory(description, { clock: clocks(), record: true })
    const window = await mapWindow({ target: memory, address: BASE, length: 0x100 })
    window.write32(0x04, 1)
    const looks = memory.board.accesses
    looks.length = 0
    const start = memory.clock.nowUs()
    const act = async () =>
      way === 'window'
        ? window.wait32(offset, condition)
        : await memory.wait32(BASE + offset, condition)
    const end = await act().then(
      ({ value, elapsedUs }) => ({ value, elapsedUs }),
      (error: PhysmemError) => ({ value: error.data.value, code: error.code }),
    )
    const us = memory.clock.nowUs() - start
    ended.push({ ...end, us, looks: looks.length })
  }
  return ended
}

/** Without what says that its time is virtual: every look is made. */
const plain = (): Clock => {
  const clock = new VirtualClock()
  return {
    nowUs: () => clock.nowUs(),
    sleepUs: (us) => clock.sleepUs(us),
    blockUs: (us) => clock.blockUs(us),
  }
}

describe('a wait on a virtual clock', () => {
  it.each<[string, Wait, number]>([
    ['a register that keeps its value', { offset: 0, equals: 0, timeoutMs: 60_000 }, 3],
    ['a register that was met at once', { offset: 0, equals: 5, timeoutMs: 60_000 }, 1],
    ['work that ends', { offset: 4, mask: 1, equals: 0, timeoutMs: 60_000 }, 2],
    ['what the work raises', { offset: 8, equals: 1, timeoutMs: 60_000 }, 2],
    ['a live bit of it', { offset: 12, equals: 0, timeoutMs: 60_000 }, 2],
    ['what never comes, past the end of the work', { offset: 8, equals: 2, timeoutMs: 60_000 }, 3],
    ['bits that a look clears', { offset: 0x10, equals: 0, timeoutMs: 60_000 }, 2],
    ['the end of a queue', { offset: 0x14, equals: 0, timeoutMs: 60_000 }, 4],
    ['a number of looks', { offset: 0x18, equals: 40, timeoutMs: 60_000 }, 41],
    ['a counter of seconds', { offset: 0x1c, equals: 50, timeoutMs: 60_000 }, 52],
    ['the work, by another register', { offset: 0x20, equals: 1, timeoutMs: 60_000 }, 2],
  ])('looks where something can be new: %s', async (_, wait, most) => {
    const [memory, window] = await waited(wait, () => new VirtualClock())
    expect(window).toEqual(memory)
    expect((memory as { looks: number }).looks).toBeLessThanOrEqual(most)
  })

  it.each<Wait>([
    { offset: 0, equals: 0, timeoutMs: 40 },
    { offset: 4, mask: 1, equals: 0, timeoutMs: 40 },
    { offset: 8, equals: 2, timeoutMs: 40 },
    { offset: 12, equals: 0, timeoutMs: 19.95 },
    { offset: 0x10, equals: 0, timeoutMs: 40 },
    { offset: 0x14, equals: 3, timeoutMs: 40 },
    { offset: 0x18, equals: 40, timeoutMs: 40 },
    { offset: 0x1c, equals: 1, timeoutMs: 1100 },
  ])('ends as with every look made: %j', async (wait) => {
    const without = (ended: unknown) => ({ ...(ended as object), looks: 0 })
    const fast = (await waited(wait, () => new VirtualClock())).map(without)
    expect(fast).toEqual((await waited(wait, plain)).map(without))
  })
})
