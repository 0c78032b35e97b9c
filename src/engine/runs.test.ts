/** Programs on threads of the engine, at the end of what began them. */
import { execFile, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  copyFileSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Worker } from 'node:worker_threads'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { Program } from '../memory/program.ts'
import { loadAddon } from './addon.ts'
import { ownThreads } from './testing/threads.ts'

const file = fileURLToPath(
  new URL(`../../prebuilds/linux-${process.arch}/physmem.node`, import.meta.url),
)
const folder = mkdtempSync(join(tmpdir(), 'physmem-runs-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const path = join(folder, 'memory.bin')
writeFileSync(path, new Uint8Array(4096))

/** On a busy machine, too. */
const PATIENTLY = { timeout: 15_000 }

/** A wait that nobody meets, as the engine takes it. */
function wait(intervalUs: number): Uint8Array {
  const step = { op: 'wait', address: 0, width: 32, mask: 0xff, equals: 1 } as const
  return new Program([{ ...step, timeoutMs: 600_000, intervalUs }]).encoded
}

/** Begins `count` such waits, each of a memory of its own. */
const begin = (intervalUs: number, count: number) => `
  const addon = require(${JSON.stringify(file)})
  const fd = require('node:fs').openSync(${JSON.stringify(path)}, 'r')
  const program = Uint8Array.from(${JSON.stringify([...wait(intervalUs)])})
  const begin = () => {
    const numbers = [new Float64Array(6), new Int32Array(1)]
    const memory = addon.memoryCreate(fd, 0, 4096, false, true, ...numbers, false)
    const room = [new BigUint64Array(2), new Uint8Array(0)]
    addon.runAsync(memory, program, ...room, 0, () => console.log('a wait ended'))
  }
  for (let i = 0; i < ${count}; i++) begin()`

const workerSource = (intervalUs: number, count: number) => `
  const { parentPort } = require('node:worker_threads')
  ${begin(intervalUs, count)}
  parentPort.postMessage('ready')`

describe('a worker with waits under way', () => {
  it.each([
    ['that pause', 1000, 20],
    ['that do not pause', 0, 3],
  ])('ends at once: %s', async (_, intervalUs, count) => {
    const before = readdirSync('/proc/self/fd').length
    for (let round = 0; round < 10; round++) {
      const worker = new Worker(workerSource(intervalUs, count), { eval: true })
      await once(worker, 'message')
      await vi.waitUntil(() => ownThreads() === count, PATIENTLY)
      await worker.terminate()
      expect(ownThreads()).toBe(0)
    }
    // Node closes those of its workers a little later.
    await vi.waitUntil(() => readdirSync('/proc/self/fd').length <= before, PATIENTLY)
  })

  it('ends while they begin and end', async () => {
    const source = `
      const { parentPort } = require('node:worker_threads')
      ${begin(0, 0)}
      const shared = [new Float64Array(6), new Int32Array(1)]
      const memory = addon.memoryCreate(fd, 0, 4096, false, true, ...shared, false)
      const room = [new BigUint64Array(2), new Uint8Array(0)]
      const met = Uint8Array.from(program)
      new DataView(met.buffer).setBigUint64(16 + 24, 0n, true) // what it waits for
      const next = () => addon.runAsync(memory, met, ...room, 0, next)
      next()
      parentPort.postMessage('ready')`
    for (let round = 0; round < 20; round++) {
      const worker = new Worker(source, { eval: true })
      await once(worker, 'message')
      await worker.terminate()
      expect(ownThreads()).toBe(0)
    }
  })

  it.each(['process.exit()', 'throw new Error()'])('ends by %s of its own', async (end) => {
    const worker = new Worker(`${workerSource(0, 3)}; setImmediate(() => { ${end} })`, {
      eval: true,
    })
    worker.on('error', () => {})
    await new Promise((resolve) => worker.on('exit', resolve)) // once() would reject by the error.
    expect(ownThreads()).toBe(0)
  })

  it('does not hold up the end of the process', async () => {
    const source = `
      const { Worker } = require('node:worker_threads')
      const worker = new Worker(${JSON.stringify(workerSource(1000, 5))}, { eval: true })
      worker.on('message', () => { console.log('exit'); process.exit() })`
    const words = ['-e', source]
    const { stdout } = await promisify(execFile)(process.execPath, words, { timeout: 30_000 })
    expect(stdout).toBe('exit\n')
  })
})

describe('a memory whose program runs on another thread', () => {
  it('refuses every other use until that has ended', async () => {
    const addon = loadAddon()
    const cancel = new Int32Array(1)
    const fd = openSync(path, 'r')
    const memory = addon.memoryCreate(fd, 0, 4096, false, true, new Float64Array(6), cancel, false)
    const work = [memory, wait(1000), new BigUint64Array(2), new Uint8Array(0)] as const
    const ended = new Promise<void>((done) => addon.runAsync(...work, 0, done))
    const busy = 'a program is running'
    expect(() => addon.run(...work)).toThrow(busy)
    expect(() => addon.prepare(...work)).toThrow(busy)
    expect(() => addon.runAsync(...work, 0, () => {})).toThrow(busy)
    expect(() => addon.memoryDestroy(memory)).toThrow(busy)
    Atomics.store(cancel, 0, 1)
    await ended
    addon.memoryDestroy(memory)
    expect(() => addon.run(...work)).toThrow('bad arguments')
  })

  it('is stopped by stopRuns(), after which others may begin', async () => {
    const addon = loadAddon()
    const fd = openSync(path, 'r')
    const create = () =>
      addon.memoryCreate(fd, 0, 4096, false, true, new Float64Array(6), new Int32Array(1), false)
    const room = [new BigUint64Array(2), new Uint8Array(0)] as const
    const told = vi.fn()
    addon.runAsync(create(), wait(1000), ...room, 0, told)
    addon.stopRuns()
    addon.stopRuns()
    expect(ownThreads()).toBe(0)
    const delay = new Program([{ op: 'delay', us: 1 }]).encoded
    await new Promise<void>((done) => addon.runAsync(create(), delay, ...room, 0, done))
    expect(told).not.toHaveBeenCalled()
  })
})

describe('where the system gives no more threads', () => {
  // Root has no such limit, and it counts all that runs as the same user: no other test runs as this one.
  const other = ['--reuid', '61184', '--regid', '61184', '--clear-groups', 'prlimit', '--nproc=40']
  const can = spawnSync('setpriv', [...other, process.execPath, '-e', '0']).status === 0
  const reason = can ? '' : ' [skipped: this user cannot be another, who has a limit]'

  it.skipIf(!can)(`runAsync() throws, with its errno${reason}`, async () => {
    chmodSync(folder, 0o755)
    const copy = join(folder, 'physmem.node')
    copyFileSync(file, copy)
    const source = `${begin(1000, 1).replace(JSON.stringify(file), JSON.stringify(copy))}
      try {
        for (let i = 0; i < 100; i++) begin()
      } catch ({ errno }) {
        console.log(errno)
      }
      process.exit()`
    const words = [...other, process.execPath, '-e', source]
    const { stdout } = await promisify(execFile)('setpriv', words, { timeout: 30_000 })
    expect(stdout).toBe('11\n')
  })
})
