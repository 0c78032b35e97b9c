/** Programs of several memories at once: each is independent of the others, and of what Node does. */
import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { WaitResult } from '../memory/memory.ts'
import { Program } from '../memory/program.ts'
import { openFile } from '../ways/file.ts'
import { loadAddon } from './addon.ts'
import { MappedMemory } from './mapped.ts'
import { ownThreads } from './testing/threads.ts'

const folder = mkdtempSync(join(tmpdir(), 'physmem-waits-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** More than Node has threads for its own work. */
const MANY = 8

/** On a busy machine, too. */
const PATIENTLY = { timeout: 15_000 }

let path: string
let files = 0
let memories: MappedMemory[]

/** So many memories over one file, that can set words of it, too. */
function open(count: number): void {
  path = join(folder, `${files++}.bin`)
  writeFileSync(path, new Uint8Array(4096))
  memories = Array.from({ length: count }, () => new MappedMemory(openFile(path, 'write')))
}

/** Waits of all memories, each for a word of its own; none ends by itself within a test. */
function waits(signal?: AbortSignal): Promise<WaitResult>[] {
  return memories.map((memory, index) => {
    const options = { equals: 1, intervalUs: 1000, timeoutMs: 600_000 }
    return memory.wait(index * 4, 32, signal ? { ...options, signal } : options)
  })
}

/** Makes the condition of a wait true, through another memory. */
async function meet(index: number): Promise<void> {
  await using memory = new MappedMemory(openFile(path, 'write'))
  await memory.write32(index * 4, 1)
}

async function meetAll(): Promise<void> {
  for (let index = 0; index < memories.length; index++) await meet(index)
}

beforeEach(() => open(MANY))
afterEach(async () => {
  await meetAll()
  await Promise.all(memories.map((memory) => memory.close()))
})

describe('many waits', () => {
  it.each([MANY, 200])('are told one by one, the last of %i first', async (count) => {
    if (count !== MANY) {
      await Promise.all(memories.map((memory) => memory.close()))
      open(count)
    }
    const order: number[] = []
    const all = waits().map((wait, index) => wait.then(() => order.push(index)))
    for (let index = count - 1; index >= 0; index--) {
      await meet(index)
      await all[index]
    }
    expect(order).toEqual(Array.from({ length: count }, (_, index) => count - 1 - index))
  })

  it('leave the file system calls of Node alone', async () => {
    const all = waits()
    await setImmediate() // They have begun.
    // Nothing else makes the conditions true: each call must end before.
    for (let index = 0; index < MANY; index++) {
      expect(await readFile(path)).toHaveLength(4096)
      await meet(index)
    }
    expect(await Promise.all(all)).toHaveLength(MANY)
  })

  it('leave another memory alone, also where it moves much', async () => {
    const all = waits()
    await using other = new MappedMemory(openFile(path, 'write'))
    expect(await other.wait(0, 32, { equals: 0 })).toMatchObject({ value: 0 })
    const program = new Program([
      { op: 'readBlock', address: 0, width: 32, count: 100_000, stepping: 'fixed' },
    ])
    expect((await other.run(program)).bytes(0)).toHaveLength(400_000)
    await meetAll()
    await Promise.all(all)
  })

  it('are stopped together, and alone', async () => {
    const one = new AbortController()
    const all = waits()
    await using other = new MappedMemory(openFile(path, 'read'))
    const stopped = other.wait(0, 32, { equals: 1, timeoutMs: 600_000, signal: one.signal })
    await vi.waitUntil(() => ownThreads() === MANY + 1, PATIENTLY)
    one.abort()
    await expect(stopped).rejects.toMatchObject({
      code: 'EABORT',
      message: `wait at 0x00000000 (${path}) was stopped by the caller`,
    })
    await meetAll()
    await Promise.all(all)
    // The word is 1 by now.
    const rest = new AbortController()
    const again = memories.map((memory) =>
      memory.wait(0, 32, { equals: 2, timeoutMs: 600_000, signal: rest.signal }),
    )
    // A thread that is kept for the next program counts, too: all have begun when there are so many.
    await vi.waitUntil(() => ownThreads() === MANY, PATIENTLY)
    const ends = Promise.allSettled(again)
    rest.abort()
    for (const end of await ends) {
      expect(end).toMatchObject({ status: 'rejected', reason: { code: 'EABORT' } })
    }
  })

  it('keep few threads when they have ended, and their listener not at all', async () => {
    const listeners = process.listenerCount('exit')
    const descriptors = readdirSync('/proc/self/fd').length
    for (let round = 0; round < 20; round++) {
      const all = waits()
      await vi.waitUntil(() => ownThreads() >= MANY, PATIENTLY)
      await meetAll()
      await Promise.all(all)
      writeFileSync(path, new Uint8Array(4096))
    }
    await vi.waitUntil(() => ownThreads() <= 4, PATIENTLY)
    expect(process.listenerCount('exit')).toBe(listeners)
    expect(readdirSync('/proc/self/fd')).toHaveLength(descriptors)
  })
})

describe('a wait whose condition holds', () => {
  const met = { op: 'wait', address: 0, width: 32, mask: 1, equals: 0, timeoutMs: 0 } as const
  const write = { op: 'write', address: 4, width: 32, value: 7 } as const

  it('is over before the call returns, on no thread', async () => {
    const [memory] = memories as [MappedMemory]
    const spy = vi.spyOn(loadAddon(), 'runAsync')
    try {
      const results = memory.run(new Program([met, write, met]))
      expect(await memory.read32(4)).toBe(7)
      expect((await results).done).toBe(3)
      expect(spy).not.toHaveBeenCalled()
    } finally {
      spy.mockRestore()
    }
  })

  it('is none: time that is up at the first look is out there and then', async () => {
    const [memory] = memories as [MappedMemory]
    const spy = vi.spyOn(loadAddon(), 'runAsync')
    try {
      const late = new Program([write, { ...met, equals: 1 }, write])
      await expect(memory.run(late)).rejects.toMatchObject({
        code: 'ETIMEOUT',
        data: { step: 1 },
        results: { done: 1 },
      })
      expect(spy).not.toHaveBeenCalled()
    } finally {
      spy.mockRestore()
    }
  })

  it('lets what comes after it wait on a thread: nothing is done twice', async () => {
    const [memory] = memories as [MappedMemory]
    const spy = vi.spyOn(loadAddon(), 'runAsync')
    const add = { op: 'update', address: 8, width: 32, mask: 0xff, value: 1 } as const
    const unmet = { ...met, equals: 1, intervalUs: 200, timeoutMs: 600_000 } as const
    await memory.write32(8, 0x100)
    try {
      const run = memory.run(new Program([met, add, unmet, { ...add, value: 2 }]))
      expect(spy.mock.calls[0]?.[4]).toBe(2)
      await meet(0)
      const results = await run
      expect([results.done, results.value(1), results.value(3)]).toEqual([4, 0x100, 0x101])
    } finally {
      spy.mockRestore()
    }
  })

  it('a stop names the wait, and what was done before it', async () => {
    const [memory] = memories as [MappedMemory]
    const controller = new AbortController()
    const unmet = { ...met, equals: 1, timeoutMs: 600_000 } as const
    const run = memory.run(new Program([write, unmet]), { signal: controller.signal })
    controller.abort()
    await expect(run).rejects.toMatchObject({
      code: 'EABORT',
      message: `step 1: wait at 0x00000000 (${memory.name}) was stopped by the caller`,
      results: { done: 1 },
    })
  })
})

describe('a program behind a wait of the same memory', () => {
  it('does nothing when it is empty and stopped', async () => {
    const [memory] = memories as [MappedMemory]
    const stop = new AbortController()
    const wait = memory.wait(0, 32, { equals: 1, timeoutMs: 600_000 })
    const empty = memory.run(new Program([]), { signal: stop.signal })
    stop.abort()
    expect((await empty).done).toBe(0)
    await meet(0)
    await wait
  })

  it('has its turn when the wait has ended, in the order of the calls', async () => {
    const [memory] = memories as [MappedMemory]
    const order: string[] = []
    const told = (what: string) => () => order.push(what)
    const all = [
      memory.wait(0, 32, { equals: 1, intervalUs: 200, timeoutMs: 600_000 }).then(told('wait')),
      memory.write32(4, 7).then(told('write')),
      memory.wait(4, 32, { equals: 7 }).then(told('second wait')),
    ]
    await readFile(path)
    expect(order).toEqual([])
    expect(readFileSync(path).readUInt32LE(4)).toBe(0)
    await meet(0)
    await Promise.all(all)
    expect(order).toEqual(['wait', 'write', 'second wait'])
  })

  it('is stopped at once, having done nothing', async () => {
    const [memory] = memories as [MappedMemory]
    const first = memory.wait(0, 32, { equals: 1, intervalUs: 200, timeoutMs: 600_000 })
    const end = new AbortController()
    const program = new Program([
      { op: 'write', address: 4, width: 32, value: 7 },
      { op: 'read', address: 4, width: 32 },
    ])
    const second = memory.run(program, { signal: end.signal })
    const third = memory.read32(4)
    end.abort()
    await expect(second).rejects.toMatchObject({
      code: 'EABORT',
      message: `step 0: write at 0x00000004 (${memory.name}) was stopped by the caller`,
      results: { done: 0 },
    })
    await meet(0)
    await first
    expect(await third).toBe(0)
  })

  it('ends before close() does', async () => {
    const [memory] = memories as [MappedMemory]
    const order: string[] = []
    const wait = memory.wait(0, 32, { equals: 1, intervalUs: 200, timeoutMs: 600_000 })
    const all = [
      wait.then(() => order.push('wait')),
      memory.write32(4, 7).then(() => order.push('write')),
      memory.close().then(() => order.push('closed')),
    ]
    await meet(0)
    await Promise.all(all)
    expect(order).toEqual(['wait', 'write', 'closed'])
  })
})

describe('where the system gives no more threads', () => {
  it('a long program is refused with nothing done, and short ones go on', async () => {
    const [memory] = memories as [MappedMemory]
    const spy = vi.spyOn(loadAddon(), 'reserveThread').mockImplementation(() => {
      throw Object.assign(new Error('no thread'), { errno: 11 })
    })
    try {
      const program = new Program([
        { op: 'write', address: 0, width: 32, value: 1 },
        { op: 'delay', us: 1 },
      ])
      await expect(memory.run(program)).rejects.toMatchObject({
        code: 'EREFUSED',
        message: `${path} cannot run this program: the system gives this user or container no more threads (EAGAIN)`,
        data: {
          errno: 'EAGAIN',
          cure: 'let fewer programs run at once, or raise the limit: ulimit -u, or pids.max of the cgroup',
        },
      })
    } finally {
      spy.mockRestore()
    }
    expect(await memory.read32(0)).toBe(0)
    expect(await memory.wait(0, 32, { equals: 0 })).toMatchObject({ value: 0 })
  })
})

describe('the end of the process', () => {
  /** Runs a module that uses the built package, and says what it printed. */
  async function printed(script: string): Promise<string> {
    const words = ['--input-type=module', '-e', script]
    const cwd = join(import.meta.dirname, '../..')
    const { stdout } = await promisify(execFile)(process.execPath, words, { cwd, timeout: 30_000 })
    return stdout
  }
  const waiting = `
    import { open } from 'physmem'
    import { writeSync } from 'node:fs'
    const path = process.env.FILE ?? ''`

  it('comes at once, whatever waits: none is told as met, timed out or stopped', async () => {
    const said = await printed(`${waiting}
      for (let i = 0; i < 50; i++) {
        const memory = await open('file:${path}')
        const end = () => writeSync(1, 'a wait ended ')
        memory.wait(0, 32, { equals: 1, timeoutMs: 600_000 }).then(end, end)
      }
      process.on('exit', () => writeSync(1, 'exit'))
      setImmediate(() => process.exit())`)
    expect(said).toBe('exit')
  })

  it('stops what runs before others put anything back', async () => {
    const said = await printed(`${waiting}
      import { readFileSync } from 'node:fs'
      process.on('exit', () => {
        const first = readFileSync('${path}').readUInt32LE(0)
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100)
        const still = readFileSync('${path}').readUInt32LE(0) === first
        writeSync(1, still ? 'nothing writes' : 'it writes on')
      })
      const { Program } = await import('physmem')
      const memory = await open('file:${path}')
      const steps = Array.from({ length: 200_000 }, (_, i) => i % 2 === 0
        ? { op: 'write', address: 0, width: 32, value: i } : { op: 'delay', us: 100 })
      memory.run(new Program(steps))
      const wait = setInterval(() => {
        if (readFileSync('${path}').readUInt32LE(0) !== 0) process.exit()
      }, 1)`)
    expect(said).toBe('nothing writes')
  })

  it('waits for what was begun when nothing else is to be done', async () => {
    const said = await printed(`${waiting}
      const memory = await open('file:${path}')
      memory.wait(0, 32, { equals: 0, timeoutMs: 600_000 }).then(() => writeSync(1, 'met'))`)
    expect(said).toBe('met')
  })
})
