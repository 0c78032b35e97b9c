import { constants, fstatSync, openSync, readFileSync, readSync, writeSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { loadAddon } from './addon.ts'
import { closeDescriptor, openPipe } from './pipe.ts'

const O_CLOEXEC = 0o2000000

const flagsOf = (fd: number) =>
  Number.parseInt(
    /flags:\s*(\d+)/.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'))?.[1] ?? '',
    8,
  )

describe('a pipe', () => {
  it('brings from one end to the other what fits into it, and no child inherits it', () => {
    const { read, write } = openPipe(256 * 1024) ?? { read: -1, write: -1 }
    expect([read, write].map((fd) => fstatSync(fd).isFIFO())).toEqual([true, true])
    expect([read, write].map((fd) => flagsOf(fd) & O_CLOEXEC)).toEqual([O_CLOEXEC, O_CLOEXEC])
    const sent = new Uint8Array(256 * 1024).fill(0x5a)
    // Where it holds less than it says, this fails, and does not wait for a reader.
    const unwaiting = openSync(`/proc/self/fd/${write}`, constants.O_WRONLY | constants.O_NONBLOCK)
    expect(writeSync(unwaiting, sent)).toBe(sent.length)
    closeDescriptor(unwaiting)
    closeDescriptor(write)
    const came = new Uint8Array(sent.length)
    let count = 0
    for (let more = 1; more > 0; count += more) {
      more = readSync(read, came, { offset: count })
    }
    expect(count).toBe(sent.length)
    expect(came).toEqual(sent)
    closeDescriptor(read)
  })

  it('is made where it cannot hold as much as is wished', () => {
    const { read, write } = openPipe(2 ** 30) ?? { read: -1, write: -1 }
    expect(writeSync(write, Uint8Array.of(1))).toBe(1)
    closeDescriptor(read)
    closeDescriptor(write)
  })

  it('needs two aligned words', () => {
    for (const ends of [new Int32Array(1), new Int32Array(3), 'two'])
      expect(() => loadAddon().openPipe(ends as Int32Array, 4096)).toThrow()
  })
})
