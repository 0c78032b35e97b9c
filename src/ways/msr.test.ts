import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { PhysmemError } from '../base/errors.ts'
import { localFiles } from '../engine/access-file.ts'
import { FakeRoot } from '../linux/testing/fake-root.ts'
import { getElement, setElement, viewOf } from '../memory/elements.ts'
import { Program } from '../memory/program.ts'
import type { Step } from '../memory/step.ts'
import { asking } from '../refusal/testing/roots.ts'
import { MsrMemory, openMsrs } from './msr.ts'

/** Registers as /dev/cpu/N/msr has them: each by itself, and only those that there are. */
class FakeNode {
  readonly log: string[] = []
  readonly values = new Map<number, bigint>()
  /** What a call fails with. */
  errno: string | undefined
  /** Bytes that a call moves. */
  moved = 8
  closed = 0

  read(bytes: Uint8Array, register: number): number {
    this.#access('read', bytes, register)
    setElement(viewOf(bytes), 0, 64, this.values.get(register) ?? 0n)
    return this.moved
  }

  write(bytes: Uint8Array, register: number): number {
    this.#access('write', bytes, register)
    this.values.set(register, getElement(viewOf(bytes), 0, 64) as bigint)
    return this.moved
  }

  close(): void {
    this.closed++
  }

  #access(what: string, { length }: Uint8Array, register: number): void {
    this.log.push(`${what} ${register.toString(16)} ${length}`)
    const errno = this.errno ?? (this.values.has(register) ? undefined : 'EIO')
    if (errno !== undefined) throw Object.assign(new Error(errno), { code: errno })
  }
}

const failure = (run: Promise<unknown>): Promise<PhysmemError> =>
  run.then(
    () => {
      throw new Error('it did not fail')
    },
    (error) => error,
  )

const APIC_BASE = 0x1b
const at = (register: number) => register * 8

let root: FakeRoot
let node: FakeNode
beforeEach(() => {
  root = asking(new FakeRoot())
  node = new FakeNode()
  node.values.set(APIC_BASE, 0xfee0_0900n).set(0xc000_0103, 0n)
})
afterEach(() => root[Symbol.dispose]())

const open = (mode: 'read' | 'write' = 'write') =>
  new MsrMemory({ cpu: 1, mode, opener: localFiles(root.system), file: node })

describe('model-specific registers', () => {
  it('are read and written whole, by their numbers', async () => {
    await using memory = open()
    expect(await memory.read64(at(APIC_BASE))).toBe(0xfee0_0900n)
    await memory.write64(at(0xc000_0103), 0x1122_3344_5566_7788n)
    expect(await memory.read64(at(0xc000_0103))).toBe(0x1122_3344_5566_7788n)
    expect(node.log).toEqual(['read 1b 8', 'write c0000103 8', 'read c0000103 8'])
  })

  it('make each access once, in order, whatever the program', async () => {
    const registers = [0x10, 0x11, 0x174, 0xc000_0080, 0xffff_ffff]
    for (const register of registers) node.values.set(register, 0n)
    const step = fc
      .record({
        op: fc.constantFrom('read', 'write', 'update'),
        register: fc.constantFrom(...registers),
        value: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
      })
      .map(({ op, register, value }): Step => {
        const common = { address: at(register), width: 64 } as const
        if (op === 'read') return { op, ...common }
        if (op === 'write') return { op, ...common, value }
        return { op: 'update', ...common, mask: 0xffffn, value }
      })
    await using memory = open()
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
        node.log.length = 0
        const model = new Map(node.values)
        const results = await memory.run(new Program(steps))
        const expected: string[] = []
        for (const [index, one] of steps.entries()) {
          if (!('width' in one)) continue
          const register = one.address / 8
          const name = register.toString(16)
          const old = model.get(register) ?? 0n
          if (one.op === 'read') expect(results.value(index)).toBe(old)
          if (one.op !== 'write') expected.push(`read ${name} 8`)
          if (one.op === 'read') continue
          const value = BigInt((one as { value: bigint }).value)
          expected.push(`write ${name} 8`)
          model.set(register, one.op === 'write' ? value : (old & ~0xffffn) | (value & 0xffffn))
        }
        expect(node.log).toEqual(expected)
        expect(node.values).toEqual(model)
      }),
    )
  })

  it('follow one another in a block', async () => {
    node.values.set(0x10, 1n).set(0x11, 2n)
    await using memory = open('read')
    const bytes = await memory.readBlock(at(0x10), 64, 2)
    expect([...new BigUint64Array(bytes.slice().buffer)]).toEqual([1n, 2n])
  })

  it('have 64 bits, no cache lines, and an end', async () => {
    await using memory = open('read')
    expect(await failure(memory.read32(at(APIC_BASE)))).toMatchObject({
      code: 'EWIDTH',
      message: 'msr:cpu1 has no accesses of 32 bits: expected 64',
    })
    expect((await failure(memory.cache('flush', at(APIC_BASE), 8))).message).toBe(
      'msr:cpu1: model-specific registers have no cache lines',
    )
    expect((await failure(memory.read64(at(2 ** 32)))).message).toBe(
      '0x800000000 to 0x800000007 is not inside msr:cpu1: expected 0x0 to 0x7ffffffff',
    )
    expect((await failure(memory.read64(at(APIC_BASE) + 4))).code).toBe('EALIGN')
    expect((await failure(memory.write64(at(APIC_BASE), 1n))).code).toBe('EREADONLY')
    expect(node.log).toEqual([])
    await memory.close()
    await memory.close()
    expect((await failure(memory.read64(at(APIC_BASE)))).code).toBe('ECLOSED')
    expect(node.closed).toBe(1)
  })

  it('that are not there raise a fault', async () => {
    await using memory = open()
    expect(await failure(memory.read64(at(0x999)))).toMatchObject({
      code: 'EIO',
      message:
        '64-bit read at 0x00004cc8 (msr:cpu1) failed: the CPU has no such register, or does not allow reading it: it raised a general protection fault (EIO)',
    })
    expect(await failure(memory.write64(at(0x999), 1n))).toMatchObject({
      code: 'EIO',
      message:
        '64-bit write at 0x00004cc8 (msr:cpu1) failed: the CPU has no such register, or does not allow writing it, or not this value: it raised a general protection fault (EIO)',
    })
  })

  it('are gone with a CPU that is taken off line', async () => {
    root.put('sys/devices/system/cpu/present', '0-1\n').put('sys/devices/system/cpu/online', '0\n')
    node.errno = 'ENXIO'
    await using memory = open()
    const program = new Program([{ op: 'read', address: at(APIC_BASE), width: 64 }])
    expect(await failure(memory.run(program))).toMatchObject({
      code: 'EREFUSED',
      message: 'msr:cpu1 cannot be read: CPU 1 is offline (ENXIO)',
      data: { cure: 'switch it on: echo 1 > /sys/devices/system/cpu/cpu1/online', step: 0 },
    })
  })

  it('say when less came than was asked for, or another error', async () => {
    await using memory = open()
    node.moved = 0
    expect((await failure(memory.read64(at(APIC_BASE)))).message).toBe(
      '64-bit read at 0x000000d8 (msr:cpu1) failed: 0 of the 8 bytes were read',
    )
    node.errno = 'EINTR'
    expect((await failure(memory.write64(at(APIC_BASE), 1n))).message).toBe(
      '64-bit write at 0x000000d8 (msr:cpu1) failed: nothing was written (EINTR)',
    )
  })
})

describe('writes that the kernel forbids', () => {
  it('are known before the first step', async () => {
    root.put('sys/module/msr/parameters/allow_writes', 'off\n')
    await using memory = open()
    const read: Step = { op: 'read', address: at(APIC_BASE), width: 64 }
    const program = new Program([
      read,
      { op: 'write', address: at(APIC_BASE), width: 64, value: 1n },
    ])
    for (const how of ['prepare', 'foresee', 'run'] as const) {
      expect(await failure(memory[how](program))).toMatchObject({
        code: 'EREFUSED',
        message:
          'msr:cpu1 cannot be written: the module msr permits no writes (msr.allow_writes=off, EPERM)',
      })
    }
    expect(node.log).toEqual([])
    await memory.run(new Program([read]))
  })

  it('are explained when the kernel only says so then', async () => {
    node.errno = 'EPERM'
    await using memory = open()
    expect(await failure(memory.write64(at(APIC_BASE), 1n))).toMatchObject({
      code: 'EPERMISSION',
      message:
        'msr:cpu1 cannot be written: the kernel is locked down, or msr.allow_writes=off forbids it (EPERM)',
    })
  })
})

const isX86 = process.platform === 'linux' && process.arch === 'x64'
const title = isX86 ? 'openMsrs' : `openMsrs (skipped: this CPU is ${process.arch})`

describe.skipIf(!isX86)(title, () => {
  it('accesses 8 bytes at the number of the register', async () => {
    const file = new Uint8Array(0x100)
    file.set([1, 2, 3, 4, 5, 6, 7, 8], APIC_BASE)
    root.put('dev/cpu/2/msr', file)
    await using memory = await openMsrs(2, 'write', localFiles(root.system))
    expect(await memory.read64(at(APIC_BASE))).toBe(0x0807_0605_0403_0201n)
    await memory.write64(at(0x40), 0x1122n)
    expect(await memory.read64(at(0x41))).toBe(0x11n)
  })

  it('says why a node cannot be opened', async () => {
    root.put('sys/devices/system/cpu/present', '0-1\n')
    await expect(openMsrs(7, 'read', localFiles(root.system))).rejects.toThrow(
      expect.objectContaining({
        code: 'ENOPLACE',
        message: expect.stringMatching(
          /\/dev\/cpu\/7\/msr cannot be opened for reading: there is no CPU 7, only 0-1 \(ENOENT\)$/,
        ),
      }),
    )
  })
})
