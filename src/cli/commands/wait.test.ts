import { describe, expect, it } from 'vitest'
import { VirtualClock } from '../../memory/sim/index.ts'
import { run } from '../testing/run.ts'
import { accessesOf, recordedSim } from '../testing/sim.ts'

describe('wait', () => {
  it('waits until the bits have the value', async () => {
    const clock = new VirtualClock()
    const memory = await recordedSim({ clock })
    await run('write 0x10000020=0x80', { memory })
    const { code, out } = await run('wait 0x10000020:7=0 --timeout 50ms', { memory })
    expect({ code, out }).toEqual({
      code: 0,
      out: expect.stringMatching(/^0x10000020:7 {2}0x0 {2}in 0x00000000 {2}after 20(\.\d)? ms\n$/),
    })
  })

  it('reads once when the condition is true already', async () => {
    const memory = await recordedSim()
    const { code, out } = await run('wait 0x10000000!=0 --quiet', { memory })
    expect({ code, out }).toEqual({ code: 0, out: '0x50484d31\n' })
    expect(accessesOf(memory)).toEqual(['r32 0x10000000'])
  })

  it.each([
    ['0x10000008=1', '0x10000008 is 0x00000000, expected 0x00000001: waited 5ms'],
    ['0x10000000:7:4=1', '0x10000000:7:4 is 0x3 in 0x50484d31, expected 0x1: waited 5ms'],
    ['0x10000000:7:4!=3', '0x10000000:7:4 is still 0x3 in 0x50484d31: waited 5ms'],
  ])('exits with 3 when %s does not come true', async (condition, message) => {
    const memory = await recordedSim({ clock: new VirtualClock() })
    const ran = await run(`wait ${condition} --timeout 5ms`, { memory })
    expect(ran).toEqual({ code: 3, out: '', err: `physmem: ${message}\n` })
  })

  it.each([
    ['0x10000000:7:4>=3', '0x3'],
    ['0x10000000:7:4<=3', '0x3'],
    ['0x10000000:7:4<4', '0x3'],
    ['0x10000000>0x50484d30', '0x50484d31'],
    ['0x10000000=~0xafb7b2ce', '0x50484d31'],
  ])('compares without a sign: %s', async (condition, value) => {
    const memory = await recordedSim()
    const ran = await run(`wait ${condition} --quiet`, { memory })
    expect(ran).toEqual({ code: 0, out: `${value}\n`, err: '' })
    expect(accessesOf(memory)).toEqual(['r32 0x10000000'])
  })

  it('wants all conditions in one look, which loads each element once', async () => {
    const memory = await recordedSim()
    const line = 'wait 0x10000038>=2 0x10000000:3:0=1 0x10000038<9 --interval 0 --quiet'
    expect(await run(line, { memory })).toEqual({
      code: 0,
      out: '0x00000002\n0x1\n0x00000002\n',
      err: '',
    })
    const look = ['r32 0x10000038', 'r32 0x10000000']
    expect(accessesOf(memory)).toEqual([...look, ...look, ...look])
  })

  it('says of each condition that is not true what was seen last', async () => {
    const memory = await recordedSim()
    const line = 'wait 0x10000000:7:4>3 0x10000008=0 0x10000008!=0 --timeout 1us'
    expect(await run(line, { memory })).toEqual({
      code: 3,
      out: '',
      err:
        'physmem: 0x10000000:7:4 is 0x3 in 0x50484d31, expected > 0x3: waited 1us\n' +
        'physmem: 0x10000008 is still 0x00000000: waited 1us\n',
    })
  })

  it('lists several conditions in JSON', async () => {
    const { out } = await run('wait 0x10000000:7:4>2 0x10000008=~0xffffffff --json', {
      memory: await recordedSim(),
    })
    expect(JSON.parse(out)).toEqual({
      command: 'wait',
      met: true,
      elapsedUs: expect.any(Number),
      conditions: [
        {
          ...{ condition: '0x10000000:7:4>0x2', met: true, place: '0x10000000:7:4' },
          ...{ address: 0x10000000, width: 32, value: 0x50484d31, bits: '7:4', field: 3 },
        },
        {
          ...{ condition: '0x10000008=~0xffffffff', met: true, place: '0x10000008' },
          ...{ address: 0x10000008, width: 32, value: 0 },
        },
      ],
    })
  })

  it('looks as often as the interval says', async () => {
    const time = new VirtualClock()
    // Without what says that its time is virtual: of such a clock, needless looks are left out.
    const clock = { nowUs: () => time.nowUs(), sleepUs: (us: number) => time.sleepUs(us) }
    const memory = await recordedSim({ clock })
    await run('wait 0x10000008=1 --timeout 10ms --interval 2ms', { memory })
    expect(accessesOf(memory)).toHaveLength(6)
  })

  it('prints JSON, met or not', async () => {
    const clock = new VirtualClock()
    const memory = await recordedSim({ clock })
    const met = await run('wait 0x10000000:7:4=3 --json', { memory })
    expect(JSON.parse(met.out)).toEqual({
      ...{ command: 'wait', met: true, elapsedUs: 0 },
      conditions: [
        {
          ...{ condition: '0x10000000:7:4=0x3', met: true, place: '0x10000000:7:4' },
          ...{ address: 0x10000000, width: 32, value: 0x50484d31, bits: '7:4', field: 3 },
        },
      ],
    })
    const late = await run('wait 0x10000000=1 --timeout 3ms --json', { memory })
    expect(late.code).toBe(3)
    expect(JSON.parse(late.out)).toMatchObject({
      ...{ met: false, elapsedUs: 3000, conditions: [{ met: false, value: 0x50484d31 }] },
    })
  })

  it('swaps what it compares for a big-endian device', async () => {
    const { code, out } = await run('--target sim: wait 0x10000000:31:24=0x31 --endian big')
    expect(code).toBe(0)
    expect(out).toMatch(/^0x10000000:31:24 {2}0x31 {2}in 0x314d4850 {2}after /)
  })

  it('compares a misaligned place as a whole when byte accesses are allowed', async () => {
    const memory = await recordedSim()
    const met = await run('wait 0x1=0x6d737968 --unaligned --quiet', { memory })
    expect(met).toEqual({ code: 0, out: '0x6d737968\n', err: '' })
    expect(accessesOf(memory)).toEqual(['r8 0x1', 'r8 0x2', 'r8 0x3', 'r8 0x4'])
    const late = await run('wait 0x1:8=0 --unaligned --timeout 2ms --quiet', { memory })
    expect(late).toEqual({
      code: 3,
      out: '',
      err: 'physmem: 0x00000001:8 is 0x1 in 0x6d737968, expected 0x0: waited 2ms\n',
    })
  })

  it('says that it looked once where it had no time', async () => {
    const dec = '--target sim: wait 0x10000004:31:16=3 --timeout 0 --base dec'
    expect((await run(dec)).err).toBe(
      'physmem: 0x10000004:31:16 is 1 in 65538, expected 3: looked once\n',
    )
    const { code, err } = await run('--target sim: wait 0x10000000=1 --timeout 0')
    expect({ code, err }).toEqual({
      code: 3,
      err: 'physmem: 0x10000000 is 0x50484d31, expected 0x00000001: looked once\n',
    })
  })

  it.each(['0x10000008=1', '0x40000001=1 --unaligned'])('%s ends at Ctrl-C', async (condition) => {
    const controller = new AbortController()
    setTimeout(() => controller.abort(), 20)
    const { signal } = controller
    const ran = await run(`--target sim: wait ${condition} --timeout 1m --quiet`, { signal })
    expect(ran).toEqual({ code: 1, out: '', err: 'physmem: stopped (Ctrl-C)\n' })
  })

  it('says that a fault is one', async () => {
    const ran = await run('--target sim: wait 0x1000003c=1')
    expect(ran).toEqual({
      code: 1,
      out: '',
      err: 'physmem: 32-bit read at 0x1000003c failed: demo.BROKEN answers every access with a bus error\n',
    })
  })

  it.each([
    [
      'wait 0x10000000',
      '"0x10000000" is not a condition: expected PLACE=VALUE, or !=, <, <=, >, >= (in quotes), such as 0x10:7=0',
    ],
    [
      'wait 0x10000000=1 --timeout 50',
      '"50" is not a duration: it has no unit, did you mean 50ms? (units: us, ms, s, m)',
    ],
    [
      'wait 0x10000000=1 --timeout 9999m',
      '9999m is too long for a time-out: the longest is 1440m, a day',
    ],
    ['wait 0x10000000:3=2', '0x2 does not fit in bit 3 (largest: 0x1)'],
    ['wait 0x10000000<0', 'no value in 32 bits is < 0x0: the condition would never be true'],
    [
      'wait 0x10000000>0xff -w 8',
      'no value in 8 bits is > 0xff: the condition would never be true',
    ],
    [
      'wait 0x10000000=1 0x10000000:7:4>~0',
      'no value in bits 7:4 is > 0xf: the condition would never be true',
    ],
  ])('refuses %s', async (line, message) => {
    const { code, out, err } = await run(`--target sim: ${line}`)
    expect({ code, out, err }).toEqual({ code: 2, out: '', err: `physmem: ${message}\n` })
  })
})
