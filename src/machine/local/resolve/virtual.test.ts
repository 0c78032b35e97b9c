import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync, readSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { loadAddon } from '../../../engine/addon.ts'
import { systemAt } from '../../../engine/system-at.ts'
import { FakeRoot } from '../../../linux/testing/fake-root.ts'
import { systemClock } from '../../../memory/clock.ts'
import { interpret } from '../../../memory/interpreter.ts'
import { Memory } from '../../../memory/memory.ts'
import type { Program } from '../../../memory/program.ts'
import type { RunOptions } from '../../../memory/run-options.ts'
import { parsePlace } from '../../../place/place.ts'
import { find } from '../find.ts'
import { splitVirtual } from './virtual.ts'

/** Takes every access down, and answers with its address. */
class Recorder extends Memory {
  readonly name = 'recorder'
  readonly length = undefined
  readonly seen: string[] = []

  run(program: Program, options: RunOptions = {}) {
    const bus = {
      ...systemClock,
      name: this.name,
      load: (address: number, width: number) => {
        this.seen.push(`load${width} 0x${address.toString(16)}`)
        return address % 2 ** 32
      },
      store: (address: number, width: number) => {
        this.seen.push(`store${width} 0x${address.toString(16)}`)
      },
    }
    return interpret(program, bus, options)
  }

  async close(): Promise<void> {}
}

async function locate(text: string, physical: Memory, root = '/', gone = () => {}) {
  const found = await find(parsePlace(text), 4, {
    mode: 'write',
    system: systemAt(root),
    notify: () => {},
    actOnPorts: false,
    actOnI2c: false,
    physical: async () => physical,
  })
  return { ...found, memory: (await found.open(gone)).memory }
}

/** Documentation/admin-guide/mm/pagemap.rst: 64 bits a page, of which the lowest 55 are the frame. */
function frameOf(virtual: bigint): number {
  const entry = Buffer.alloc(8)
  const fd = openSync('/proc/self/pagemap', 'r')
  readSync(fd, entry, 0, 8, Number(virtual / 4096n) * 8)
  closeSync(fd)
  return Number(entry.readBigUInt64LE() & (2n ** 55n - 1n))
}

const canSee = process.platform === 'linux' && process.getuid?.() === 0

describe.skipIf(!canSee)(`pid:${canSee ? '' : ' (skipped: only root sees frames)'}`, () => {
  it('accesses the physical page, once', async () => {
    const page = loadAddon().ownPage()
    const physical = new Recorder()
    const text = `pid:${process.pid}:0x${page.address.toString(16)}`
    const { key, memory, address } = await locate(`${text}+0x10`, physical)
    try {
      expect({ key, address }).toEqual({
        key: `pid:${process.pid}`,
        address: Number(page.address) + 0x10,
      })
      await memory.read32(address)
      await memory.write8(address + 1, 7)
      const at = frameOf(page.address) * 4096 + 0x10
      expect(physical.seen).toEqual([
        `load32 0x${at.toString(16)}`,
        `store8 0x${(at + 1).toString(16)}`,
      ])
    } finally {
      await memory.close()
      page.close()
    }
  })

  it('refuses what is not there with the reason', async () => {
    const { memory, address } = await locate(`pid:${process.pid}:0x1000`, new Recorder())
    await expect(memory.read32(address)).rejects.toMatchObject({ code: 'EUNMAPPED' })
    await memory.close()
    await expect(locate('pid:4194304:0x1000', new Recorder())).rejects.toMatchObject({
      code: 'ENOPROCESS',
    })
  })

  it('is gone with the program, though the process has another', async () => {
    const child = spawn('sh', ['-c', 'read line; exec sleep 60'], { stdio: ['pipe', 'pipe', 2] })
    let told = 0
    const gone = () => {
      told += 1
    }
    const text = `pid:${child.pid}:0x1000`
    const { memory, address, identity } = await locate(text, new Recorder(), '/', gone)
    await expect(memory.read32(address)).rejects.toMatchObject({ code: 'EUNMAPPED' })
    expect(told).toBe(0)
    const program = () => readFileSync(`/proc/${child.pid}/comm`, 'utf8')
    child.stdin?.write('go on\n')
    while (program() !== 'sleep\n') await setTimeout(5)
    await expect(memory.read32(address)).rejects.toMatchObject({ code: 'ENOPROCESS' })
    expect(told).toBe(1)
    const anew = await locate(text, new Recorder())
    expect(anew.identity).toBe(identity)
    await expect(anew.memory.read32(address)).rejects.toMatchObject({ code: 'EUNMAPPED' })
    child.kill('SIGKILL')
    await Promise.all([once(child, 'exit'), memory.close(), anew.memory.close()])
  })
})

describe('kernel:', () => {
  it('goes by the headers of /proc/kcore', async () => {
    using root = FakeRoot.recorded('x86_64-6.12')
    const physical = new Recorder()
    const direct = await locate('kernel:0xffff888001000000+8', physical, root.path)
    await direct.memory.read32(direct.address)
    expect(physical.seen).toHaveLength(1)
    expect(physical.seen[0]).toMatch(/^load32 0x[0-9a-f]+008$/)
  })

  it('refuses a symbol that there is not', async () => {
    using root = FakeRoot.recorded('x86_64-6.12')
    await expect(locate('kernel:no_such_symbol', new Recorder(), root.path)).rejects.toMatchObject({
      code: 'ENOPLACE',
    })
  })
})

describe('splitVirtual', () => {
  it('leaves the addresses of programs as they are', () => {
    expect(splitVirtual('pid:1', 0x7ffc_1234_5678n, 4)).toEqual({
      key: 'pid:1',
      base: 0n,
      address: 0x7ffc_1234_5678,
    })
    expect(splitVirtual('kernel', 0xffff_8880_0100_0000n, 4)).toEqual({
      key: 'kernel:0xffff000000000000',
      base: 0xffff_0000_0000_0000n,
      address: 0x8880_0100_0000,
    })
  })

  it('refuses what is beyond', () => {
    expect(splitVirtual('kernel', 2n ** 64n - 4n, 4).address).toBe(2 ** 48 - 4)
    expect(() => splitVirtual('kernel', 2n ** 64n - 4n, 5)).toThrow(
      '0x10000000000000000 is beyond virtual memory: the largest address is 0xffffffffffffffff',
    )
  })
})
