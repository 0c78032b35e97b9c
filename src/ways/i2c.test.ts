import { constants } from 'node:os'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import type { PhysmemError } from '../base/errors.ts'
import { localI2c } from '../engine/i2c-node.ts'
import { FakeRoot } from '../linux/testing/fake-root.ts'
import { Program } from '../memory/program.ts'
import type { Step } from '../memory/step.ts'
import { openI2c } from './i2c.ts'
import { FakeI2c, fakeI2c, I2C, SMBUS } from './testing/fake-i2c.ts'

const EEPROM = { name: 'i2c:1:0x50/reg16', bus: 1, device: 0x50, registerBits: 16 } as const
const SENSOR = { name: 'i2c:1:0x48', bus: 1, device: 0x48, registerBits: 8 } as const
const NAME = 'SMBus I801 adapter at 0700'

const root = new FakeRoot()
  .put('dev/i2c-1', '')
  .put('sys/bus/i2c/devices/i2c-1/name', `${NAME}\n`)
  .put('sys/bus/i2c/devices/1-0048/name', 'lm75\n')
  .link('sys/bus/i2c/devices/1-0048/driver', '../../../../bus/i2c/drivers/lm75')
afterAll(() => root[Symbol.dispose]())

const on = (calls: FakeI2c, device: typeof EEPROM | typeof SENSOR = SENSOR, blocks = false) =>
  openI2c(device, 'write', fakeI2c(root.system, calls), { blocks })

const failure = (run: Promise<unknown> | (() => unknown)): Promise<PhysmemError> =>
  Promise.resolve()
    .then(() => (typeof run === 'function' ? run() : run))
    .then(
      () => {
        throw new Error('it did not fail')
      },
      (error) => error,
    )

describe('an I2C device', () => {
  it('is read and written by one transaction an access, with a repeated start', async () => {
    const calls = new FakeI2c(I2C | SMBUS, 0x48)
    await using memory = await on(calls)
    await memory.write8(1, 0x60)
    await memory.write16(2, 0x4b00)
    expect(await memory.read8(1)).toBe(0x60)
    expect(await memory.read16(3)).toBe(0x004b)
    expect(await memory.read32(1)).toBe(0x004b_0060)
    expect(calls.log).toEqual([
      'S 48w 01 60 P',
      'S 48w 02 00 4b P',
      'S 48w 01 Sr 48r 60 P',
      'S 48w 03 Sr 48r 4b 00 P',
      'S 48w 01 Sr 48r 60 00 4b 00 P',
    ])
  })

  it('has addresses of registers of 16 bits, high byte first', async () => {
    const calls = new FakeI2c(I2C, 0x50)
    calls.wide = true
    await using memory = await on(calls, EEPROM)
    expect(memory.name).toBe('i2c:1:0x50/reg16')
    await memory.write8(0x1234, 0xa5)
    expect(await memory.read8(0x1234)).toBe(0xa5)
    expect(calls.log).toEqual(['S 50w 12 34 a5 P', 'S 50w 12 34 Sr 50r a5 P'])
  })

  it('of an adapter without transactions of its own is reached by those of SMBus', async () => {
    const calls = new FakeI2c(SMBUS, 0x48)
    await using memory = await on(calls)
    await memory.write16(3, 0x1234)
    expect(await memory.read16(3)).toBe(0x1234)
    expect(await memory.update8(3, 0x0f, 0x05)).toEqual({ old: 0x34, written: 0x35 })
    expect(calls.log).toEqual([
      'write word 48 03 34 12',
      'read word 48 03 34 12',
      'read byte 48 03 34',
      'write byte 48 03 35',
    ])
  })

  it.each([[I2C], [SMBUS]])(
    'makes each access once, in order, whatever the program (0x%x)',
    async (functions) => {
      const calls = new FakeI2c(functions, 0x48)
      await using memory = await on(calls)
      const step = fc
        .record({
          op: fc.constantFrom('read', 'write', 'update'),
          width: fc.constantFrom(8 as const, 16 as const),
          address: fc.nat(0xff),
        })
        .map(({ op, width, address }): Step => {
          if (op === 'read') return { op, address, width }
          if (op === 'write') return { op, address, width, value: address }
          return { op: 'update', address, width, mask: 0x0f, value: 5 }
        })
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
          calls.log.length = 0
          await memory.run(new Program(steps, memory.misalignment))
          const made = calls.log.map((line) => {
            const [, register = ''] = /(?:48w|48) (\w\w)/.exec(line) ?? []
            return `${/^read|Sr/.test(line) ? 'read' : 'write'} ${Number(`0x${register}`)}`
          })
          const expected = steps.flatMap((one) => {
            if (!('address' in one)) return []
            if (one.op !== 'update') return [`${one.op} ${one.address}`]
            return [`read ${one.address}`, `write ${one.address}`]
          })
          expect(made).toEqual(expected)
        }),
      )
    },
  )

  it('has as many registers as their addresses reach, of any width', async () => {
    await using memory = await on(new FakeI2c(I2C, 0x48))
    expect(await memory.read16(0xff)).toBe(0)
    expect((await failure(memory.read8(0x100))).message).toBe(
      'i2c:1:0x48 has no register 0x100: the last is 0xff',
    )
  })

  it('is no range unless that is asked for, and never of wider registers', async () => {
    const calls = new FakeI2c(I2C, 0x48)
    await using memory = await on(calls)
    const block = { op: 'readBlock', address: 0, count: 3 } as const
    const run = (step: Step, to = memory) => failure(to.run(new Program([step])))
    expect(await run({ ...block, width: 8 })).toMatchObject({
      code: 'EUSAGE',
      message:
        'registers 0x0 to 0x2 of i2c:1:0x48: reading a register may act on its device, so that no range is accessed unless that is asked for',
      data: { cure: 'name the registers one by one, or use --act-on-i2c' },
    })
    expect(await run({ op: 'fill', address: 1, count: 2, width: 8, value: 0 })).toMatchObject({
      message:
        'registers 0x1 to 0x2 of i2c:1:0x48: writing a register may act on its device, so that no range is accessed unless that is asked for',
    })
    await using asked = await on(calls, SENSOR, true)
    expect(await run({ ...block, width: 16 }, asked)).toMatchObject({
      code: 'EUSAGE',
      message:
        'i2c:1:0x48: it is unknown where the next register of 16 bits is: its number may be 1 or 2 higher',
      data: { cure: 'name the registers one by one, or take --width 8' },
    })
    expect(calls.log).toEqual([])
    await asked.run(new Program([{ ...block, width: 8 }]))
    await memory.run(new Program([{ ...block, width: 16, count: 2, stepping: 'fixed' }]))
    expect(calls.log).toEqual([
      'S 48w 00 Sr 48r 00 P',
      'S 48w 01 Sr 48r 00 P',
      'S 48w 02 Sr 48r 00 P',
      'S 48w 00 Sr 48r 00 00 P',
      'S 48w 00 Sr 48r 00 00 P',
    ])
  })

  it('is not read beyond what the adapter has transactions for', async () => {
    const only = `the adapter (${NAME}) makes only SMBus transactions`
    await using memory = await on(new FakeI2c(SMBUS, 0x48))
    expect(await failure(memory.read32(0))).toMatchObject({
      code: 'EWIDTH',
      message: `i2c:1:0x48: ${only}, of 8 or 16 bits, not of 32`,
      data: { cure: 'use --width 8 or --width 16' },
    })
    expect(await failure(memory.read64(0))).toMatchObject({
      code: 'EWIDTH',
      message: 'i2c:1:0x48 has no accesses of 64 bits: expected 8, 16 or 32',
    })
    expect(await failure(memory.cache('flush', 0, 1))).toMatchObject({
      code: 'EREFUSED',
      message: 'i2c:1:0x48: an I2C device has no cache lines',
    })
    expect(await failure(() => on(new FakeI2c(SMBUS, 0x50), EEPROM))).toMatchObject({
      code: 'EREFUSED',
      message: `i2c:1:0x50/reg16 cannot be reached: ${only}, in which the address of a register has 8 bits`,
    })
    await using reader = await on(new FakeI2c(0x0008_0000, 0x48))
    expect(await reader.read8(0)).toBe(0)
    const none = `i2c:1:0x48: the adapter (${NAME}) makes no transaction that`
    expect((await failure(reader.read16(0))).message).toBe(`${none} reads 16 bits`)
    expect((await failure(reader.update8(0, 1, 1))).message).toBe(`${none} writes 8 bits`)
  })

  it('is refused where a driver has it, also one that comes later', async () => {
    const calls = new FakeI2c(I2C, 0x48)
    calls.owned.add(0x48)
    const error = {
      code: 'EREFUSED_BUSY',
      message: 'i2c:1:0x48 cannot be reached: the driver lm75 has this device (EBUSY)',
      data: {
        place: 'i2c:1:0x48',
        errno: 'EBUSY',
        cure: 'ask its driver (/sys/bus/i2c/devices/1-0048), or unbind it: echo 1-0048 > /sys/bus/i2c/drivers/lm75/unbind',
      },
    }
    expect(await failure(() => on(calls))).toMatchObject(error)
    calls.owned.clear()
    await using memory = await on(calls)
    await memory.read8(0)
    calls.owned.add(0x48)
    expect(await failure(memory.read8(0))).toMatchObject(error)
    expect(await failure(memory.prepare(new Program([])))).toMatchObject(error)
    expect(calls.log).toEqual(['S 48w 00 Sr 48r 00 P'])
    calls.owned.clear()
    // While a program runs, too.
    calls.onTransaction = () => calls.owned.add(0x48)
    const later = await failure(
      memory.run(
        new Program([
          { op: 'read', address: 1, width: 8 },
          { op: 'write', address: 1, width: 8, value: 1 },
        ]),
      ),
    )
    expect(later).toMatchObject({ ...error, data: { ...error.data, step: 1 } })
    expect(later.results?.done).toBe(1)
    expect(calls.log).toEqual(['S 48w 00 Sr 48r 00 P', 'S 48w 01 Sr 48r 00 P'])
  })

  it.each([
    [
      'ENXIO',
      'EFAULT_BUS',
      'nothing acknowledged it at 0x48: no device is there, or it is busy or refuses the register (ENXIO)',
    ],
    ['EAGAIN', 'EIO', 'another master of the bus went first: arbitration was lost (EAGAIN)'],
    ['EBUSY', 'EIO', 'the bus was busy for longer than is allowed: something on it hangs (EBUSY)'],
    ['EIO', 'EIO', 'the adapter failed without giving a reason (EIO)'],
    ['ENODEV', 'EIO', 'the adapter went away (ENODEV)'],
    ['EPROTO', 'EIO', 'the device breaks the protocol of the bus (EPROTO)'],
    ['ETIMEDOUT', 'EIO', 'it took too long and was given up: something holds the bus (ETIMEDOUT)'],
    ['EOPNOTSUPP', 'EIO', 'the adapter does not make such a transaction (EOPNOTSUPP)'],
    ['EINVAL', 'EIO', 'the adapter failed with EINVAL'],
  ] as const)('says why a transaction failed: %s', async (errno, code, reason) => {
    const calls = new FakeI2c(I2C, 0x48)
    await using memory = await on(calls)
    calls.errno = constants.errno[errno]
    const error = await failure(memory.read16(3))
    expect(error).toMatchObject({
      code,
      message: `16-bit read at 0x00000003 (i2c:1:0x48) failed: ${reason}`,
    })
  })

  it('says the same of the numbers that Node has no constant for', async () => {
    const calls = new FakeI2c(I2C, 0x48)
    await using memory = await on(calls)
    for (const [errno, reason] of [
      [
        121,
        'nothing acknowledged it at 0x48: no device is there, or it is busy or refuses the register (EREMOTEIO)',
      ],
      [108, 'the adapter is suspended (ESHUTDOWN)'],
    ] as const) {
      calls.errno = errno
      expect((await failure(memory.write8(0, 1))).data.reason).toBe(reason)
    }
  })

  it('that was opened for reading is not written; closed, it is neither', async () => {
    const calls = new FakeI2c(I2C, 0x48)
    const memory = await openI2c(SENSOR, 'read', fakeI2c(root.system, calls))
    expect((await failure(memory.write8(0, 1))).message).toBe(
      'i2c:1:0x48 was opened for reading only',
    )
    await memory.close()
    await memory.close()
    expect((await failure(memory.read8(0))).message).toBe('i2c:1:0x48 is closed')
    expect(calls.log).toEqual([])
  })

  it('is behind a node of I2C alone, whose calls mean other things to other drivers', async () => {
    const error = await failure(
      openI2c(SENSOR, 'read', localI2c(root.system, new FakeI2c(I2C, 0x48))),
    )
    expect(error).toMatchObject({
      code: 'EREFUSED',
      message: `${root.at('dev/i2c-1')}: it is not the node of I2C bus 1: its device number is 0:0, expected 89:1`,
    })
  })
})
