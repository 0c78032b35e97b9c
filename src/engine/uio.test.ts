import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readdirSync, readlinkSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Worker } from 'node:worker_threads'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { StandIn } from '../driver/testing/stand-in.ts'
import { loadAddon } from './addon.ts'
import { ownThreads } from './testing/threads.ts'

const file = fileURLToPath(
  new URL(`../../prebuilds/linux-${process.arch}/physmem.node`, import.meta.url),
)

function descriptors(): string[] {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      return [`${fd} ${readlinkSync(`/proc/self/fd/${fd}`)}`]
    } catch {
      return []
    }
  })
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await setTimeout(1)
}

describe('watchInterrupts', () => {
  const addon = loadAddon()
  let device: StandIn
  const calls: [count: number, timeNs: bigint, errno: number][] = []
  const keep = (...call: [number, bigint, number]) => void calls.push(call)

  beforeEach(() => {
    calls.length = 0
    device = new StandIn()
  })
  afterEach(() => device[Symbol.dispose]())

  it('tells the count and when it came, by the clock of process.hrtime', async () => {
    const watch = addon.watchInterrupts(device.fd, keep)
    const before = process.hrtime.bigint()
    device.raise(1)
    await until(() => calls.length === 1)
    device.raise(0xffff_ffff)
    await until(() => calls.length === 2)
    const after = process.hrtime.bigint()
    watch.close()
    expect(calls.map(([count, , errno]) => [count, errno])).toEqual([
      [1, 0],
      [0xffff_ffff, 0],
    ])
    const times = [before, ...calls.map(([, timeNs]) => timeNs), after]
    expect(times).toEqual([...times].sort((a, b) => (a < b ? -1 : 1)))
  })

  it('says what came while nobody could listen as one, with the latest count', async () => {
    const watch = addon.watchInterrupts(device.fd, keep)
    device.raise(1)
    await until(() => calls.length === 1)
    device.raise(...Array.from({ length: 1000 }, (_, index) => index + 2))
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200)
    await until(() => calls.at(-1)?.[0] === 1001)
    watch.close()
    expect(calls.length).toBeLessThan(1000)
    const counts = calls.map(([count]) => count)
    expect(counts).toEqual([...counts].sort((a, b) => a - b))
  })

  it('says why nothing comes any more', async () => {
    const folder = openSync(device.folder, 'r')
    const watch = addon.watchInterrupts(folder, keep)
    await until(() => calls.length === 1)
    watch.close()
    closeSync(folder)
    expect(calls).toEqual([[0, 0n, 21]])
  })

  it('ends the thread and closes what it opened, also when it is closed twice', async () => {
    const before = descriptors()
    for (let round = 0; round < 50; round++) {
      const watch = addon.watchInterrupts(device.fd, keep)
      await until(() => ownThreads() === 1)
      watch.close()
      watch.close()
      watch.hold(true)
      // Who joins a thread is woken before the kernel has taken it off the list: exit_mm() comes
      // before release_task() in kernel/exit.c.
      await until(() => ownThreads() === 0)
    }
    expect(descriptors()).toEqual(before)
  })

  it('gives nothing after it was closed', async () => {
    const watch = addon.watchInterrupts(device.fd, keep)
    device.raise(1)
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50)
    watch.close()
    await setTimeout(20)
    expect(calls).toEqual([])
  })

  it('may be closed by what it calls, and the descriptor before it', async () => {
    const other = openSync(device.path, 'r+')
    const watch = addon.watchInterrupts(other, (count) => {
      calls.push([count, 0n, 0])
      watch.close()
    })
    closeSync(other)
    device.raise(7)
    await until(() => calls.length === 1)
    device.raise(8)
    await setTimeout(20)
    expect(calls).toEqual([[7, 0n, 0]])
  })

  it('refuses what is not a descriptor and no function', () => {
    const before = descriptors()
    expect(() => addon.watchInterrupts(12_345, keep)).toThrow(expect.objectContaining({ errno: 9 }))
    expect(() => addon.watchInterrupts(device.fd, 5 as never)).toThrow('expected a function')
    expect(descriptors()).toEqual(before)
  })

  it('ends with its worker, even one that waits', async () => {
    const source = `
      const { parentPort } = require('node:worker_threads')
      const addon = require(${JSON.stringify(file)})
      const watch = addon.watchInterrupts(${device.fd}, (count) => parentPort.postMessage(count))
      watch.hold(true)
      parentPort.postMessage('ready')`
    const before = descriptors()
    for (let round = 0; round < 5; round++) {
      const worker = new Worker(source, { eval: true })
      await once(worker, 'message')
      device.raise(round)
      expect(await once(worker, 'message')).toEqual([round])
      await worker.terminate()
      expect(ownThreads()).toBe(0)
    }
    // Node closes those of its workers a little later.
    await until(() => descriptors().length <= before.length)
    expect(descriptors()).toEqual(before)
  })

  it.each([
    ['keeps the process only while it is held', 'watch.hold(true); watch.hold(false)'],
    ['does not keep the process at first', ''],
  ])('%s', async (_, act) => {
    const source = `
      const addon = require(${JSON.stringify(file)})
      const fd = require('node:fs').openSync(${JSON.stringify(device.path)}, 'r+')
      const watch = addon.watchInterrupts(fd, () => {})
      ${act}`
    const { stderr } = await promisify(execFile)(process.execPath, ['-e', source])
    expect(stderr).toBe('')
  })

  it('keeps the process while it is held, and takes no signal from it', async () => {
    const source = `
      const addon = require(${JSON.stringify(file)})
      const fd = require('node:fs').openSync(${JSON.stringify(device.path)}, 'r+')
      const watch = addon.watchInterrupts(fd, (count) => { console.log(count); watch.close() })
      watch.hold(true)
      process.on('SIGUSR2', () => console.log('signal'))
      console.log('ready')`
    const child = spawn(process.execPath, ['-e', source], { stdio: ['ignore', 'pipe', 'inherit'] })
    let out = ''
    child.stdout.on('data', (data: Buffer) => {
      out += data.toString()
    })
    await until(() => out.includes('ready'))
    child.kill('SIGUSR2')
    await until(() => out.includes('signal'))
    device.raise(42)
    expect(await once(child, 'exit')).toEqual([0, null])
    expect(out).toBe('ready\nsignal\n42\n')
  })
})
