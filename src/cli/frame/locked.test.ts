import { existsSync, readdirSync } from 'node:fs'
import { describe, expect, it, vi } from 'vitest'
import { withLocks } from '../../device/lock.ts'
import { FakeRoot } from '../../linux/testing/fake-root.ts'
import { run } from '../testing/run.ts'
import { accessesOf, recordedSim } from '../testing/sim.ts'

const machine = () => new FakeRoot().folder('run/lock')

describe('an update by address', () => {
  it.each([
    ['0x10000020:6:4=3', ['10000000']],
    ['0x10000020:6:4=3 0x10000018:3=1 0x40000000:0=1', ['10000000', '40000000']],
    // Byte by byte, in two pages.
    ['0x40000fff:15:4=3 --width 16 --unaligned --quiet', ['40000000', '40001000']],
    // A whole value is no update.
    ['0x10000008=1', []],
    ['0x10000020:6:4=3 --dry-run', []],
    ['0x10000020:6:4=3 --target sim:', []],
  ])('write %s: locks %j', async (line, pages) => {
    using root = machine()
    const memory = await recordedSim()
    const { code } = await run(`write ${line}`, { root: root.path, memory })
    expect(code).toBe(0)
    const files = readdirSync(root.at('run/lock')).sort()
    expect(files).toEqual(pages.map((page) => `physmem-${page}.lock`))
  })

  it.each([
    ['by address', 'write 0x10000020:6:4=3 0x40000000:0=1'],
    ['by address, beside a name', 'write pl011@0x09000000.IBRD=1 0x10000020:6:4=3 0x40000000:0=1'],
  ])('%s waits for another one in its page, and touches nothing before', async (_, line) => {
    using root = machine()
    const folder = root.at('run/lock')
    const memory = await recordedSim()
    let running: ReturnType<typeof run> | undefined
    await withLocks(['40000000'], { folder, uid: process.getuid?.() ?? 0 }, async () => {
      running = run(`${line} --quiet`, { root: root.path, memory })
      // Its locks are taken in order: this one is there when it waits for the other.
      await vi.waitUntil(() => existsSync(`${folder}/physmem-10000000.lock`), { timeout: 30_000 })
      expect(accessesOf(memory)).toEqual([])
    })
    expect(await running).toMatchObject({ code: 0, err: '' })
    expect(accessesOf(memory).slice(-4)).toEqual([
      ...['r32 0x10000020', 'w32 0x10000020=0x30', 'r32 0x40000000', 'w32 0x40000000=0x1'],
    ])
  })

  it('is made without a lock where there is no folder for one, which --verbose tells', async () => {
    using root = new FakeRoot()
    const memory = await recordedSim()
    const line = 'write 0x10000020:6:4=3 --quiet --verbose'
    const { code, err } = await run(line, { root: root.path, memory })
    const path = root.at('run/lock/physmem-10000000.lock')
    expect({ code, err }).toEqual({
      code: 0,
      err: `physmem: no lock against other processes: ${path} cannot be created: there is no such folder\n`,
    })
  })
})
