import { setTimeout } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { AccessError } from '../base/errors.ts'
import { InterruptQueue, openCounted } from './interrupts.ts'
import { StandIn } from './testing/stand-in.ts'

let device: StandIn
let queue: InterruptQueue
/** What was done, in order. */
let log: string[]

/** What the kernel has counted. */
let counted: number

function raise(...counts: number[]): void {
  device.raise(...counts)
  counted = counts.at(-1) ?? 0
}

function open(count = 0, enable = () => {}): void {
  counted = count
  const source = {
    name: 'uio0',
    fd: device.fd,
    counted: () => counted,
    enable: () => {
      log.push('enable')
      enable()
    },
    explain: (errno: number) => new AccessError('EIO', `errno ${errno}`),
  }
  queue = new InterruptQueue(source, count)
}

beforeEach(() => {
  device = new StandIn()
  log = []
  open()
})
afterEach(() => {
  queue.close()
  device[Symbol.dispose]()
})

describe('openCounted', () => {
  it('opens again when an interrupt comes meanwhile: it would be counted and never be readable', () => {
    const counts = [7, 8, 8, 8]
    const closed: number[] = []
    let fd = 10
    const opened = openCounted(
      () => fd++,
      () => counts.shift() ?? Number.NaN,
      (one) => closed.push(one),
    )
    expect(opened).toEqual({ fd: 11, count: 8 })
    expect(closed).toEqual([10])
  })
})

describe('InterruptQueue', () => {
  it('enables, waits, and tells the count and the time', async () => {
    const next = queue.next()
    expect(log).toEqual(['enable'])
    const before = process.hrtime.bigint()
    raise(1)
    const first = await next
    expect(first).toEqual({ count: 1, missed: 0, timeNs: expect.any(BigInt) })
    expect(first?.timeNs).toBeGreaterThanOrEqual(before)
    expect(first?.timeNs).toBeLessThanOrEqual(process.hrtime.bigint())
  })

  it('does not enable what has come and is not told yet: it would come twice', async () => {
    raise(1)
    const next = queue.next()
    expect(log).toEqual([])
    expect(await next).toMatchObject({ count: 1, missed: 0 })
  })

  it('says what came between two waits, at once and without enabling', async () => {
    raise(1)
    await queue.next()
    raise(2, 3, 4)
    await setTimeout(50)
    expect(await queue.next()).toMatchObject({ count: 4, missed: 2 })
    expect(log).toEqual([])
  })

  it('loses none, in whatever bunches they come', async () => {
    let told = 0
    let sent = 0
    while (told < 500) {
      const bunch = Math.min(1 + ((sent * 7) % 5), 500 - sent)
      raise(...Array.from({ length: bunch }, (_, index) => sent + index + 1))
      sent += bunch
      while (told < sent) {
        const one = await queue.next()
        told += 1 + (one?.missed ?? Number.NaN)
        expect(one?.count).toBe(told)
      }
    }
  })

  it('counts across 2^32', async () => {
    open(0xffff_fffe)
    raise(1)
    expect(await queue.next()).toMatchObject({ count: 1, missed: 2 })
  })

  it('ends a wait by stop, and loses nothing by that', async () => {
    const next = queue.next()
    queue.stop(next)
    queue.stop(next)
    expect(await next).toBeUndefined()
    raise(1)
    expect(await queue.next()).toMatchObject({ count: 1, missed: 0 })
  })

  it('ends no other wait than the one that is meant', async () => {
    const first = queue.next()
    const refused = queue.next()
    queue.stop(refused)
    await expect(refused).rejects.toMatchObject({ code: 'EUSAGE' })
    raise(1)
    expect(await first).toMatchObject({ count: 1 })
    const second = queue.next()
    queue.stop(first)
    raise(2)
    expect(await second).toMatchObject({ count: 2 })
  })

  it('keeps what arrives in the very turn in which the wait is ended', async () => {
    const next = queue.next()
    raise(1)
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50)
    queue.stop(next)
    expect(await next).toBeUndefined()
    expect(await queue.next()).toMatchObject({ count: 1, missed: 0 })
  })

  it('ends a wait by close, and refuses the next', async () => {
    const next = queue.next()
    queue.close()
    expect(await next).toBeUndefined()
    await expect(queue.next()).rejects.toMatchObject({
      code: 'ECLOSED',
      message: 'uio0 is closed',
    })
  })

  it('lets one wait at a time', async () => {
    const next = queue.next()
    await expect(queue.next()).rejects.toMatchObject({
      code: 'EUSAGE',
      message: 'another wait for the interrupts of uio0 is running',
    })
    raise(1)
    expect(await next).toMatchObject({ count: 1 })
  })

  it('can wait again after enabling failed', async () => {
    open(0, () => {
      if (log.length === 1) throw new Error('not now')
    })
    await expect(queue.next()).rejects.toThrow('not now')
    raise(1)
    expect(await queue.next()).toMatchObject({ count: 1 })
  })
})
