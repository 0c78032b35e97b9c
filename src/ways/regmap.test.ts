import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { PhysmemError } from '../base/errors.ts'
import { localFiles } from '../engine/access-file.ts'
import { parseRegmapAccess, parseRegmapRanges, type Regmap } from '../linux/regmap.ts'
import { FakeRoot } from '../linux/testing/fake-root.ts'
import { Program } from '../memory/program.ts'
import { openRegmap, type RegmapFile, RegmapMemory } from './regmap.ts'

/** `registers` as the kernel makes it: each line of it is a read of a register. */
class FakeRegisters implements RegmapFile {
  /** The numbers of registers that were read. */
  readonly reads: number[] = []
  readonly values: ReadonlyMap<number, number | undefined>
  readonly #digits: number
  readonly #valueBytes: number
  errno: string | undefined
  closed = 0

  constructor(values: ReadonlyMap<number, number | undefined>, digits: number, valueBytes: number) {
    this.values = values
    this.#digits = digits
    this.#valueBytes = valueBytes
  }

  /** regmap_read_debugfs(): whole lines, as far as they fit, from the first that begins there. */
  read(bytes: Uint8Array, position: number): number {
    if (this.errno !== undefined) throw Object.assign(new Error(this.errno), { code: this.errno })
    const length = this.#digits + 2 * this.#valueBytes + 3
    let text = ''
    for (const [index, [number, value]] of [...this.values].entries()) {
      if (index * length < position) continue
      if (text.length + length > bytes.length) break
      this.reads.push(number)
      const shown = value === undefined ? 'X' : value.toString(16)
      const padding = value === undefined ? 'X' : '0'
      const digits = number.toString(16).padStart(this.#digits, '0')
      text += `${digits}: ${shown.padStart(2 * this.#valueBytes, padding)}\n`
    }
    bytes.set(new TextEncoder().encode(text))
    return text.length
  }

  close(): void {
    this.closed++
  }
}

const failure = (run: Promise<unknown>): Promise<PhysmemError> =>
  run.then(
    () => {
      throw new Error('it did not fail')
    },
    (error) => error,
  )

function mapOf(access: string, range: string): Regmap {
  const parsed = parseRegmapAccess(access)
  const shown = parseRegmapRanges(range)
  if (parsed === undefined || shown === undefined) throw new Error('no regmap')
  return { driver: 'lm75', shown, ...parsed }
}

/** As lm75 has it, with one that is precious and one that is only written. */
const ACCESS = '0: y n y n\n1: y y n n\n2: y n y y\n3: n y n n\n4: y y n n\n'
const RANGE = '0-1\n4-4\n'
const VALUES = new Map<number, number | undefined>([
  [0, 0x1900],
  [1, 0x20],
  [4, 0x5000],
])

let registers: FakeRegisters
let memory: RegmapMemory
beforeEach(() => {
  registers = new FakeRegisters(VALUES, 1, 2)
  memory = new RegmapMemory('1-0048', mapOf(ACCESS, RANGE), registers)
})
afterEach(() => memory.close())

const at = (register: number) => register * 4

describe('registers of a regmap', () => {
  it('are read one by one, each once', async () => {
    expect(await memory.read32(at(4))).toBe(0x5000)
    expect(await memory.read32(at(0))).toBe(0x1900)
    expect(await memory.readBlock(at(0), 32, 2)).toEqual(
      Uint8Array.of(0, 0x19, 0, 0, 0x20, 0, 0, 0),
    )
    expect(registers.reads).toEqual([4, 0, 0, 1])
  })

  it('are read alone, whatever the map and the order', async () => {
    const maps = fc.record({
      stride: fc.constantFrom(1, 2, 4),
      slots: fc.array(fc.boolean(), { minLength: 1, maxLength: 40 }),
      valueBytes: fc.constantFrom(1, 2, 3, 4, 8),
      order: fc.array(fc.nat(), { minLength: 1, maxLength: 8 }),
    })
    await fc.assert(
      fc.asyncProperty(maps, async ({ stride, slots, valueBytes, order }) => {
        const numbers = slots.flatMap((is, index) => (is ? [index * stride] : []))
        fc.pre(numbers.length > 0)
        const digits = ((slots.length - 1) * stride).toString(16).length
        const access = slots.map((is, index) => {
          const number = (index * stride).toString(16).padStart(digits, '0')
          return `${number}: ${is ? 'y n' : 'n y'} y n\n`
        })
        const range = numbers.map((number) => `${number.toString(16)}-${number.toString(16)}\n`)
        const values = new Map(numbers.map((number) => [number, (number * 37) & 0xff]))
        const node = new FakeRegisters(values, digits, valueBytes)
        const map = mapOf(access.join(''), range.join(''))
        await using some = new RegmapMemory('some', map, node)
        const asked = order.map((one) => numbers[one % numbers.length] as number)
        for (const number of asked) expect(await some.read32(at(number))).toBe(values.get(number))
        expect(node.reads).toEqual(asked)
      }),
    )
  })

  it('that are precious, or only written, or not there, are known before the first is read', async () => {
    const read = (register: number) => ({
      op: 'read' as const,
      address: at(register),
      width: 32 as const,
    })
    const run = (register: number) => failure(memory.run(new Program([read(0), read(register)])))
    expect(await run(2)).toMatchObject({
      code: 'EREFUSED',
      message:
        'register 0x2 of regmap:1-0048 cannot be read: its driver calls it precious, since a read has an effect: the kernel reads it for nobody',
      data: { step: 1, address: 8, width: 32 },
    })
    expect((await run(3)).message).toBe(
      'register 0x3 of regmap:1-0048 cannot be read: its driver does not allow reading it',
    )
    expect((await failure(memory.readBlock(at(0), 32, 5))).message).toContain('register 0x2 of')
    await using gap = new RegmapMemory('x', mapOf('0: y n y n\n8: y n y n\n', '0-8\n'), registers)
    expect(await failure(gap.prepare(new Program([read(4)])))).toMatchObject({
      code: 'ENOPLACE',
      message:
        'register 0x4 of regmap:x cannot be read: its driver has no such register, but 2 registers from 0x0 to 0x8',
    })
    expect(registers.reads).toEqual([])
  })

  it('are never written', async () => {
    const refused = {
      code: 'EREFUSED',
      message:
        'regmap:1-0048 cannot be written: the kernel only allows reading registers of a regmap, unless its source was edited (REGMAP_ALLOW_WRITE_DEBUGFS)',
      data: { cure: 'write to the device itself, by its bus or its physical address' },
    }
    expect(await failure(memory.write32(at(1), 0))).toMatchObject(refused)
    const program = new Program([{ op: 'write', address: at(1), width: 32, value: 0 }])
    expect(await failure(memory.foresee(program))).toMatchObject(refused)
    expect(registers.reads).toEqual([])
  })

  it('have 32 bits, no cache lines, and an end', async () => {
    expect((await failure(memory.read16(at(1)))).message).toBe(
      'regmap:1-0048 has no accesses of 16 bits: expected 32',
    )
    expect((await failure(memory.cache('clean', 0, 4))).message).toBe(
      'regmap:1-0048: registers of a regmap have no cache lines',
    )
    expect((await failure(memory.read32(at(5)))).message).toBe(
      'register 0x5 of regmap:1-0048 cannot be read: its driver has no such register, but 5 registers from 0x0 to 0x4',
    )
    await memory.close()
    await memory.close()
    expect((await failure(memory.read32(0))).code).toBe('ECLOSED')
    expect(registers.closed).toBe(1)
  })

  it('say when the driver could not read one, or the device is gone', async () => {
    const broken = new FakeRegisters(new Map([[0, undefined]]), 1, 2)
    await using one = new RegmapMemory('1-0048', mapOf('0: y n y n\n', '0-0\n'), broken)
    const head = '32-bit read at 0x00000000 (regmap:1-0048) failed'
    expect(await failure(one.read32(0))).toMatchObject({
      code: 'EIO',
      message: `${head}: its driver could not read it`,
    })
    broken.errno = 'EIO'
    expect((await failure(one.read32(0))).message).toBe(`${head}: nothing was read (EIO)`)
    const empty = new FakeRegisters(new Map(), 1, 2)
    await using none = new RegmapMemory('1-0048', mapOf('0: y n y n\n', '0-0\n'), empty)
    expect((await failure(none.read32(0))).message).toBe(`${head}: nothing was read`)
  })

  it('are not another one that the kernel shows in its place', async () => {
    const other = new FakeRegisters(new Map([[1, 5]]), 1, 2)
    await using one = new RegmapMemory('1-0048', mapOf('0: y n y n\n', '0-0\n'), other)
    expect((await failure(one.read32(0))).message).toBe(
      '32-bit read at 0x00000000 (regmap:1-0048) failed: the kernel showed another register',
    )
  })
})

describe.skipIf(process.platform !== 'linux')('openRegmap', () => {
  const folder = 'sys/kernel/debug/regmap/1-0048'

  it('reads what debugfs has', async () => {
    using root = new FakeRoot()
      .put(`${folder}/access`, ACCESS)
      .put(`${folder}/range`, RANGE)
      .put(`${folder}/registers`, '0: 1900\n')
    // A plain file gives the start of a line that does not fit, which the kernel never does.
    await using opened = await openRegmap('1-0048', localFiles(root.system))
    expect([opened.name, opened.length]).toEqual(['regmap:1-0048', 20])
    expect((await failure(opened.read32(0))).message).toContain(
      'the kernel showed another register',
    )
  })

  it('says why there is none', async () => {
    using root = new FakeRoot().folder('sys/kernel/debug/regmap/dummy0')
    await expect(openRegmap('1-0048', localFiles(root.system))).rejects.toThrow(
      /registers cannot be opened for reading: there is no such regmap, but dummy0 \(ENOENT\)$/,
    )
    root.put(`${folder}/registers`, '')
    await expect(openRegmap('1-0048', localFiles(root.system))).rejects.toThrow(
      /registers cannot be opened for reading: its driver reports no registers$/,
    )
  })
})
