import fc from 'fast-check'
import { afterAll, expect, it } from 'vitest'
import { FakeRoot } from '../linux/testing/fake-root.ts'
import { Program } from '../memory/program.ts'
import { openI2c } from '../ways/i2c.ts'
import { FakeI2c, I2C, SMBUS } from '../ways/testing/fake-i2c.ts'
import { packed, Reader } from './bytes.ts'
import { agentI2c } from './i2c.ts'
import { I2C as USE } from './protocol.ts'
import { Session } from './session.ts'
import { frame, greeting, MadeChannel, type Request } from './testing/made-channel.ts'

const EEPROM = { name: 'i2c:1:0x50/reg16', bus: 1, device: 0x50, registerBits: 16 } as const
const SENSOR = { name: 'i2c:1:0x48', bus: 1, device: 0x48, registerBits: 8 } as const

const root = new FakeRoot()
  .put('sys/bus/i2c/devices/i2c-1/name', 'SMBus\n')
  .put('sys/bus/i2c/devices/1-0048/name', 'lm75\n')
  .link('sys/bus/i2c/devices/1-0048/driver', '../../../../bus/i2c/drivers/lm75')
afterAll(() => root[Symbol.dispose]())

const numbers = (...all: readonly number[]) => packed(...all.map((u32) => ({ u32 })))

/** struct pm_node_status of /dev/i2c-1. */
const status = (major = 89) =>
  packed(
    ...[{ u32: 4 }, { u32: 0o20600 }, { u32: 0 }, { u32: 0 }, { u64: 5 }, { u64: 6 }],
    ...[{ u32: major }, { u32: 1 }, { u64: 0 }],
  )

/** What the agent does with such calls behind it. */
function use(calls: FakeI2c, payload: Uint8Array): Uint8Array {
  const reader = new Reader(payload)
  const [, what, device = 0, outCount = 0, inCount = 0] = Array.from({ length: 5 }, () =>
    reader.u32(),
  )
  const out = reader.bytes(outCount)
  reader.end()
  if (what === USE.functions) return numbers(0, 0, calls.i2cFunctions(), 0)
  const refused = calls.i2cSelect(0, device)
  if (refused < 0) return numbers(-refused)
  if (what === USE.select) return numbers(0, 0, 0, 0)
  const into = inCount > 0 ? new Uint8Array(inCount) : out.slice(1)
  const ended =
    what === USE.transfer
      ? calls.i2cTransfer(0, device, out, new Uint8Array(into.buffer, 0, inCount))
      : calls.i2cSmbus(0, inCount > 0, out[0] as number, into)
  return ended < 0
    ? numbers(0, -ended, 0, 0)
    : packed(numbers(0, 0, 0, inCount), into.subarray(0, inCount))
}

async function boardThat(answer: (request: Request) => Uint8Array | 'gone') {
  const asked: string[] = []
  const channel = new MadeChannel((request, to) => {
    const { kind, id } = request
    asked.push(kind === 17 ? `i2c ${request.payload[4]}` : kind === 2 ? 'open' : 'close')
    const said =
      kind === 2 ? packed(numbers(0, 3), status()) : kind === 3 ? numbers(0) : answer(request)
    if (said === 'gone') to.end('it ended')
    else to.say(frame(kind, id, said))
  })
  channel.say(greeting)
  const session = await Session.start(channel, { limitMs: 1000 })
  const opener = agentI2c(session, async (question) => question(root.system.now()))
  return { asked, opener }
}

it('each access is one request, of one transaction', async () => {
  const calls = new FakeI2c(I2C | SMBUS, 0x50)
  calls.wide = true
  const far = await boardThat(({ payload }) => use(calls, payload))
  const memory = await openI2c(EEPROM, 'write', far.opener)
  expect(far.asked.splice(0)).toEqual(['open', 'i2c 1', 'i2c 2'])
  await memory.write16(0x1234, 0x0a5b)
  expect(await memory.update8(0x1234, 0x0f, 0x01)).toEqual({ old: 0x5b, written: 0x51 })
  expect(far.asked.splice(0)).toEqual(['i2c 3', 'i2c 3', 'i2c 3'])
  expect(calls.log).toEqual([
    ...['S 50w 12 34 5b 0a P', 'S 50w 12 34 Sr 50r 5b P', 'S 50w 12 34 51 P'],
  ])
  await memory.close()
  expect(far.asked).toEqual(['close'])
})

it('an adapter without transactions of its own makes those of SMBus', async () => {
  const calls = new FakeI2c(SMBUS, 0x48)
  const far = await boardThat(({ payload }) => use(calls, payload))
  const memory = await openI2c(SENSOR, 'write', far.opener)
  await memory.write16(3, 0x1234)
  expect([await memory.read16(3), await memory.read8(3)]).toEqual([0x1234, 0x34])
  expect(calls.log).toEqual([
    'write word 48 03 34 12',
    'read word 48 03 34 12',
    'read byte 48 03 34',
  ])
  await expect(openI2c(EEPROM, 'write', far.opener)).rejects.toMatchObject({
    code: 'EREFUSED',
    message:
      'i2c:1:0x50/reg16 cannot be reached: the adapter (SMBus) makes only SMBus transactions, in which the address of a register has 8 bits',
  })
})

it('a driver that has the device, or comes to have it, is named, and no transaction made', async () => {
  const calls = new FakeI2c(I2C, 0x48)
  const far = await boardThat(({ payload }) => use(calls, payload))
  const memory = await openI2c(SENSOR, 'write', far.opener)
  calls.owned.add(0x48)
  const error = {
    code: 'EREFUSED_BUSY',
    message: 'i2c:1:0x48 cannot be reached: the driver lm75 has this device (EBUSY)',
  }
  await expect(memory.read8(0)).rejects.toMatchObject(error)
  await expect(memory.prepare(new Program([]))).rejects.toMatchObject(error)
  await expect(openI2c(SENSOR, 'write', far.opener)).rejects.toMatchObject(error)
  expect(calls.log).toEqual([])
})

it('why a transaction failed is said; of one that was under way at the end nobody knows', async () => {
  let isGone = false
  const calls = new FakeI2c(I2C)
  const far = await boardThat(({ payload }) => (isGone ? 'gone' : use(calls, payload)))
  const memory = await openI2c(SENSOR, 'write', far.opener)
  await expect(memory.read8(2)).rejects.toMatchObject({
    code: 'EFAULT_BUS',
    message:
      '8-bit read at 0x00000002 (i2c:1:0x48) failed: nothing acknowledged it at 0x48: no device is there, or it is busy or refuses the register (ENXIO)',
  })
  isGone = true
  await expect(memory.write8(2, 1)).rejects.toMatchObject({
    code: 'ECONNECTION',
    message: expect.stringContaining('it is not known whether it was done'),
  })
})

it('whatever a board answers is a value of the access, an error, or ends the connection', async () => {
  const u32 = fc.oneof(fc.constant(0), fc.nat(140), fc.nat(0xffff_ffff))
  const answers = fc
    .tuple(u32, u32, u32, fc.oneof(fc.nat(5), u32), fc.uint8Array({ maxLength: 5 }))
    .map(([errno, ended, value, count, bytes]) =>
      packed(numbers(errno, ended, value, count), bytes),
    )
  await fc.assert(
    fc.asyncProperty(answers, fc.constantFrom(8, 16, 32), async (answer, width) => {
      let opened = false
      const far = await boardThat(({ payload }) => {
        if (opened) return answer
        return use(new FakeI2c(I2C), payload)
      })
      const memory = await openI2c(SENSOR, 'read', far.opener)
      opened = true
      const program = new Program([{ op: 'read', address: 0, width: width as 8 }], 'any')
      const end = await memory.run(program).then(
        (results) => Number(results.value(0)) < 2 ** width,
        ({ code }) => typeof code === 'string',
      )
      expect(end).toBe(true)
    }),
    { numRuns: 200 },
  )
})

it('what is no node of I2C is not used', async () => {
  const channel = new MadeChannel(({ kind, id }, to) => {
    to.say(frame(kind, id, kind === 2 ? packed(numbers(0, 0), status(1)) : numbers(0)))
  })
  channel.say(greeting)
  const session = await Session.start(channel, { limitMs: 1000 })
  const opener = agentI2c(session, () => expect.unreachable())
  await expect(openI2c(SENSOR, 'read', opener)).rejects.toMatchObject({
    message: '/dev/i2c-1: it is not the node of I2C bus 1: its device number is 1:1, expected 89:1',
  })
})
