import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { FakeRoot } from '../../linux/testing/fake-root.ts'
import { openI2c } from '../../ways/i2c.ts'
import { FakeI2c, fakeI2c, I2C } from '../../ways/testing/fake-i2c.ts'
import { TestFolder } from '../testing/files.ts'
import { printed, run } from '../testing/run.ts'

const root = new FakeRoot()
  .put('dev/i2c-1', '')
  .put('sys/bus/i2c/devices/i2c-1/name', 'bcm2835 (i2c@7e804000)\n')
afterAll(() => root[Symbol.dispose]())

/** A thermometer like the LM75: registers of 16 bits, high byte first, and one of 8 between them. */
const description = `
name: lm75
endian: big
blocks:
  lm75:
    width: 16
    registers:
      TEMP: { offset: 0, access: read-only, safe: true, fields: { DEGREES: 15:8 } }
      CONFIG: { offset: 1, width: 8, fields: { SHUTDOWN: 0, FAULTS: 4:3 } }
      HYST: { offset: 2 }
      LIMIT: { offset: 3 }
      PRESSURE: { offset: 6, width: 24 }
`

const files = new TestFolder()
const sensor = files.file('sensor.yaml', description)
const wide = files.file(
  'wide.yaml',
  'name: wide\nblocks:\n  wide: { registers: { A: { offset: 0x10, width: 64 } } }\n',
)
const board = files.file(
  'physmem.yaml',
  "blocks:\n  sensor: { is: ./sensor.yaml, at: 'i2c:1:0x48' }\n",
)

describe('i2c: places', () => {
  let calls: FakeI2c

  beforeEach(() => {
    calls = new FakeI2c(I2C, 0x48)
    calls.devices.get(0x48)?.set([0x19, 0x80, 0x4b, 0x50, 0x00])
  })

  /** With the calls of the fake. */
  async function at(line: string, mode: 'read' | 'write' = 'write') {
    const device = { name: 'i2c:1:0x48', bus: 1, device: 0x48, registerBits: 8 } as const
    await using memory = await openI2c(device, mode, fakeI2c(root.system, calls), {
      blocks: line.includes('--act-on-i2c'),
    })
    return await run(line, { root: root.path, memory })
  }

  it.each([
    ['read i2c:1:0x48 -w 64', 'i2c:1:0x48 has no accesses of 64 bits: expected 8, 16 or 32'],
    ['write i2c:1:0x48=1 -w 64', 'i2c:1:0x48 has no accesses of 64 bits: expected 8, 16 or 32'],
    ['wait i2c:1:0x48=1 -w 64', 'i2c:1:0x48 has no accesses of 64 bits: expected 8, 16 or 32'],
    ['watch i2c:1:0x48 -w 64', 'i2c:1:0x48 has no accesses of 64 bits: expected 8, 16 or 32'],
    ['dump i2c:1:0x48..+8 -w 64', 'i2c:1:0x48 has no accesses of 64 bits: expected 8, 16 or 32'],
    ['read i2c:1:0x48+0xfe -w 8 --count 3', 'i2c:1:0x48 has no register 0x100: the last is 0xff'],
    ['dump i2c:1:0x48+0xf0..+0x20', 'i2c:1:0x48 has no register 0x10f: the last is 0xff'],
    [
      'fill i2c:1:0x50/reg16..+0x10001 0',
      'i2c:1:0x50/reg16 has no register 0x10000: the last is 0xffff',
    ],
    [
      `read ${wide}@i2c:1:0x48.A`,
      `i2c:1:0x48+0x10 has no accesses of 64 bits: expected 8, 16 or 32`,
    ],
    [`read ${sensor}@i2c:1:0x48+0xff.CONFIG`, 'i2c:1:0x48 has no register 0x100: the last is 0xff'],
  ])(
    'are refused before any node is opened where nothing could be right: %s',
    async (line, why) => {
      using bare = new FakeRoot()
      const { code, out, err } = await run(`${line} --act-on-i2c`, { root: bare.path })
      expect([code, out, err.split('\n')[0]]).toEqual([2, '', `physmem: ${why}`])
    },
  )

  it('are read and written, a register each, in the order of the wire or the other', async () => {
    expect(await at('read i2c:1:0x48 i2c:1:0x48+3 --width 16')).toEqual(
      printed('i2c:1:0x48      0x8019', 'i2c:1:0x48+0x3  0x0050'),
    )
    expect(await at('read i2c:1:0x48 --width 16 --endian big -q')).toEqual(printed('0x1980'))
    expect(await at('write i2c:1:0x48+3=0x4b00 --width 16 --endian big')).toEqual(printed())
    expect(await at('write i2c:1:0x48+1:0=1 --width 8 -q')).toMatchObject({ code: 0, err: '' })
    expect(calls.log).toEqual([
      'S 48w 00 Sr 48r 19 80 P',
      'S 48w 03 Sr 48r 50 00 P',
      'S 48w 00 Sr 48r 19 80 P',
      'S 48w 03 4b 00 P',
      'S 48w 01 Sr 48r 80 P',
      'S 48w 01 81 P',
    ])
  })

  it('have a width that is said', async () => {
    const lines = [
      ...['read i2c:1:0x48+2', 'write i2c:1:0x48+2=1', 'wait i2c:1:0x48+2=1', 'watch i2c:1:0x48+2'],
      ...['record i2c:1:0x48+2 --count 1', 'fill i2c:1:0x48+2..+4 0', 'dump i2c:1:0x48+2..+4'],
      ...[
        `read sensor.TEMP i2c:1:0x48+2 --board ${board}`,
        'load i2c:1:0x48+2 /dev/null',
        `read 0 i2c:1:0x48+2`,
      ],
    ]
    for (const line of lines) {
      const { code, err } = await at(line)
      expect([line, code]).toEqual([line, 2])
      expect(err).toContain(
        'physmem: i2c:1:0x48+0x2: the width of this register is unknown\n' +
          '  hint: use --width 8, --width 16 or --width 32\n',
      )
    }
    expect(await at('devmem i2c:1:0x48+2')).toEqual({
      code: 1,
      out: '',
      err:
        'physmem: i2c:1:0x48+0x2: the width of this register is unknown\n' +
        '  hint: give the width: 8, 16 or 32\n',
    })
    expect(calls.log).toEqual([])
  })

  it('are no range unless that is asked for', async () => {
    const why =
      'reading a register may act on its device, so that no range is accessed unless that is asked for'
    for (const line of ['read i2c:1:0x48..+5', 'read i2c:1:0x48 -n 5', 'dump i2c:1:0x48..+5']) {
      const { code, out, err } = await at(`${line} -w 8`)
      expect({ code, out }).toEqual({ code: 2, out: '' })
      expect(err).toContain(`registers 0x0 to 0x4 of i2c:1:0x48: ${why}\n`)
      expect(err).toContain('  hint: name the registers one by one, or use --act-on-i2c\n')
    }
    expect(calls.log).toEqual([])
    expect(await at('dump i2c:1:0x48..+5 -w 8 -q --act-on-i2c')).toEqual(printed('19 80 4b 50 00'))
    expect(calls.log).toHaveLength(5)
    expect(await at('search i2c:1:0x48..+8 text:KP --act-on-i2c -w 8')).toEqual(
      printed('i2c:1:0x48+0x2  4b 50  |KP|'),
    )
  })

  it('have no end that is known', async () => {
    expect((await at('dump i2c:1:0x48 -w 8')).err).toBe(
      'physmem: "i2c:1:0x48" is not a range: expected A..B or A..+LENGTH, and --act-on-i2c to access them all\n',
    )
  })

  it('have registers that are described, with width and order of bytes', async () => {
    const read = await at(`read sensor.TEMP sensor.LIMIT --board ${board}`)
    expect(read).toEqual(
      printed('sensor.TEMP   0x1980', '  DEGREES  15:8  0x19', 'sensor.LIMIT  0x5000'),
    )
    const put = await at(`read ${sensor}@i2c:1:0x48.CONFIG:FAULTS --board none -q`)
    expect(put).toEqual(printed('0'))
    expect(await at(`write sensor.LIMIT=0x4b00 --board ${board}`)).toEqual(printed())
    const all = await at(`read sensor --board ${board} -q --force`)
    expect(all).toEqual(printed('0x1980', '0x80', '0x4b4b', '0x4b00'))
    expect(calls.log).toEqual([
      'S 48w 00 Sr 48r 19 80 P',
      'S 48w 03 Sr 48r 50 00 P',
      'S 48w 01 Sr 48r 80 P',
      'S 48w 03 4b 00 P',
      'S 48w 00 Sr 48r 19 80 P',
      'S 48w 01 Sr 48r 80 P',
      'S 48w 02 Sr 48r 4b 4b P',
      'S 48w 03 Sr 48r 4b 00 P',
    ])
  })

  it('of three bytes are none that is accessed', async () => {
    expect(await at(`read sensor.PRESSURE --board ${board}`)).toEqual({
      code: 2,
      out: '',
      err: 'physmem: sensor.PRESSURE has 24 bits, and an I2C device is accessed with 8, 16 or 32: read its bytes by their addresses\n',
    })
    const { out, err } = await at(`read sensor --board ${board} --force`)
    expect(out).not.toContain('PRESSURE')
    expect(err).toBe(
      'physmem: 1 register was not read: sensor.PRESSURE (it has 24 bits, and I2C is accessed with 8, 16 or 32)\n',
    )
  })

  it('of which a dry run accesses nothing', async () => {
    expect(await at('write i2c:1:0x48+3=0x4b00 --width 16 --dry-run')).toEqual(
      printed('would write 0x4b00 to i2c:1:0x48+0x3 (16 bits)'),
    )
    calls.owned.add(0x48)
    expect(calls.log).toEqual([])
  })

  it('say what failed', async () => {
    calls.errno = 6
    expect(await at('read i2c:1:0x48+2 -w 8')).toEqual({
      code: 1,
      out: '',
      err: 'physmem: 8-bit read at i2c:1:0x48+0x2 failed: nothing acknowledged it at 0x48: no device is there, or it is busy or refuses the register (ENXIO)\n',
    })
  })
})

describe('i2c: places of a machine', () => {
  const on = (line: string, where = root) => run(line, { root: where.path })

  it('are on buses that there are', async () => {
    expect(await on('read i2c:5:0x48 -w 8')).toEqual({
      code: 2,
      out: '',
      err: `physmem: ${root.at('dev/i2c-5')} cannot be opened for reading: there is no I2C bus 5: there are 1 (bcm2835 (i2c@7e804000))\n`,
    })
    using bare = new FakeRoot().put('sys/bus/i2c/devices/i2c-1/name', 'stub\n')
    expect(await on('read i2c:1:0x48 -w 8', bare)).toEqual({
      code: 1,
      out: '',
      err:
        `physmem: ${bare.at('dev/i2c-1')} cannot be opened for reading: there is no such node: the module i2c-dev, which makes it, is not loaded (ENOENT)\n` +
        '  cure: modprobe i2c-dev\n',
    })
  })

  it('have no physical address, page or cache lines', async () => {
    const refused = (what: string) => ({
      code: 2,
      out: '',
      err: `physmem: i2c:1:0x48 is a register of an I2C device, which ${what}\n`,
    })
    expect(await on('map i2c:1:0x48')).toEqual(refused('has no physical address'))
    expect(await on('owners i2c:1:0x48')).toEqual(refused('is in no page'))
    expect(await on('cache flush i2c:1:0x48..+4')).toEqual(refused('has no cache lines'))
  })

  it('are no place of a simulated board', async () => {
    expect((await on('read i2c:1:0x48 -w 8 --target sim:')).err).toBe(
      'physmem: i2c:1:0x48 is not on a simulated board: it has plain addresses only\n',
    )
  })

  it('are examined', async () => {
    expect(await on('doctor i2c:1:0x48')).toMatchObject({ code: 1 })
    const { out } = await on('doctor i2c:1:0x48')
    expect(out.split('\n')[1]).toBe(
      '     here     a register of an I2C device, which has no physical address',
    )
  })
})
