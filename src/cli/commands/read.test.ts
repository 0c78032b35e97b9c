import { describe, expect, it } from 'vitest'
import { TestFolder } from '../testing/files.ts'
import { run } from '../testing/run.ts'
import { accessesOf, recordedSim } from '../testing/sim.ts'

const folder = new TestFolder()

describe('a bare number after a place', () => {
  const width = (text: string, address: string, meant = '') =>
    `"${text}" is not a place after another: it may be a width (--width ${text}), a count (--count ${text}) or an address (${address}+0)${meant && `, did you mean physmem ${meant}?`}`
  const count = (text: string, address: string, meant = '') =>
    `"${text}" is not a place after another: it may be a count (--count ${text}) or an address (${address}+0)${meant && `, did you mean physmem ${meant}?`}`
  const looks = (text: string, address: string, meant: string) =>
    `"${text}" is not a place after another: it may be a number of looks (--count ${text}) or an address (${address}+0), did you mean physmem ${meant}?`
  const behindName = (text: string, address: string) =>
    `"${text}" is not a place after another: it may be a count, a length, a width or an address (${address}+0)`
  const length = (text: string, address: string, meant = '') =>
    `"${text}" is not a place after another: it may be a length (A..+LENGTH) or an address (${address}+0)${meant && `, did you mean physmem ${meant}?`}`
  const bits = (text: string, address: string, meant = '', place = '0x10000000') =>
    `"${text}" is not a place after another: it may be bits (${place}:${text}) or an address (${address})${meant && `, did you mean physmem ${meant}?`}`
  const offset = (text: string, address: string) =>
    `"${text}" is not a place after another: it may be an offset ${text.includes('..') ? 'from 0x10000000' : `(0x10000000+${text})`} or an address (${address})`

  it.each([
    ['read 0xfed00000 64', width('64', '0x40', 'read 0xfed00000 --width 64')],
    ['read 0x40000000..+8 8', width('8', '0x8', 'read 0x40000000..+8 --width 8')],
    ['read 0x40000000 0x20', count('0x20', '0x20', 'read 0x40000000 --count 0x20')],
    ['read 0x1000 0xfff', count('0xfff', '0xfff', 'read 0x1000 --count 0xfff')],
    ['read 0x40000000 0x0', count('0x0', '0x0')],
    ['read 0x40000000 0b100', count('0b100', '0x4', 'read 0x40000000 --count 0b100')],
    ['read file:x.bin 0x20', count('0x20', '0x20', 'read file:x.bin --count 0x20')],
    ['read 0x4 0x40000000 0x20', count('0x20', '0x20')],
    [
      'watch 0x10000000 0x10000004 32 --count 1',
      '"32" is not a place after another: it may be a width (--width 32) or an address (0x20+0)',
    ],
    [
      'watch 0x10000000 32 --count 1',
      '"32" is not a place after another: it may be a width (--width 32) or an address (0x20+0), did you mean physmem watch 0x10000000 --count 1 --width 32?',
    ],
    ['watch 0x10000000 0x10', looks('0x10', '0x10', 'watch 0x10000000 --count 0x10')],
    ['watch 0x10000000 3', looks('3', '0x3', 'watch 0x10000000 --count 3')],
    ['read 0x10000000 64k', length('64k', '0x10000', 'read 0x10000000..+64k')],
    ['read 0xfed00000 0x1000', length('0x1000', '0x1000', 'read 0xfed00000..+0x1000')],
    ['read 0xfed00000 0x10000 -q', length('0x10000', '0x10000', 'read 0xfed00000..+0x10000 -q')],
    ['read 0x09000000 0x800000', length('0x800000', '0x800000')],
    ['read 0xfed00000 4096', count('4096', '0x1000', 'read 0xfed00000 --count 4096')],
    ['read 0xfed00000 65536', count('65536', '0x10000', 'read 0xfed00000 --count 65536')],
    ['read file:x.bin 0x1000', length('0x1000', '0x1000', 'read file:x.bin..+0x1000')],
    ['read 0x10000000..+8 0x1000', length('0x1000', '0x1000')],
    [
      'copy 0x40000000..+16 64',
      '"64" is not a place after another: it may be a width, a length or an address (0x40+0)',
    ],
    [
      'compare 0x40000000 4k',
      '"4k" is not a place after another: it may be a length or an address (0x1000+0)',
    ],
    ['watch 0x10000000 0x1000', length('0x1000', '0x1000', 'watch 0x10000000..+0x1000')],
    ['read demo.EVENTS 0x1000 -t sim:', behindName('0x1000', '0x1000')],
    ['read 0x10000000 100000', count('100000', '0x186a0', 'read 0x10000000 --count 100000')],
    ['write 0x10000000=1 268435460=2', offset('268435460=2', '0x10000004+0=2')],
    ['read 0x10000000 8:4', bits('8:4', '0x8+0:4', 'read 0x10000000:8:4')],
    ['read 0x10000000 7:4 -q', bits('7:4', '0x7+0:4', 'read 0x10000000:7:4 -q')],
    ['read 0x10000000 4:0', bits('4:0', '0x4+0:0', 'read 0x10000000:4:0')],
    ['read 0x10000000 0:0', bits('0:0', '0x0+0:0', 'read 0x10000000:0:0')],
    ['watch 0x10000000 8:4', bits('8:4', '0x8+0:4', 'watch 0x10000000:8:4')],
    ['read 0x0 8:4', bits('8:4', '0x8+0:4', 'read 0x0:8:4', '0x0')],
    ['write 0x10000000=1 8:4=1', bits('8:4=1', '0x8+0:4=1')],
    ['wait 0x10000000:0=0 8:4=1', bits('8:4=1', '0x8+0:4=1')],
    ['read 0x10000000 0..8', offset('0..8', '0x0+0..8')],
    ['read 0x10000000 16..32', offset('16..32', '0x10+0..32')],
    ['read 0x10000000 8+4', offset('8+4', '0x8+0+4')],
    ['watch 0x10000000 0..8', offset('0..8', '0x0+0..8')],
    ['read 0x10000000 0x20:3', offset('0x20:3', '0x20+0:3')],
    ['read 0x10000000 0x20..+4', offset('0x20..+4', '0x20+0..+4')],
    ['write 0x10000000=1 8=2', offset('8=2', '0x8+0=2')],
    // Behind a name, too.
    ['read demo.EVENTS 4 -t sim:', behindName('4', '0x4')],
    ['read demo.EVENTS 0x20 -t sim:', behindName('0x20', '0x20')],
    ['read gpio 0x40000000 64 -t sim:', behindName('64', '0x40')],
    [
      'watch demo.EVENTS 4 -t sim:',
      `${behindName('4', '0x4')}, did you mean physmem watch demo.EVENTS -t sim: --count 4?`,
    ],
    [
      'read demo.EVENTS 7:4 -t sim:',
      bits('7:4', '0x7+0:4', 'read demo.EVENTS:7:4 -t sim:', 'demo.EVENTS'),
    ],
    ['write gpio.OUT=1 8:4=1 -t sim:', bits('8:4=1', '0x8+0:4=1', '', 'gpio.OUT')],
    [
      'wait uart0.FR:TXFE=1 0x8=1 -t sim:',
      '"0x8=1" is not a place after another: it may be an offset from uart0.FR or an address (0x8+0=1)',
    ],
    [
      'record demo.LOADS 32 --count 1 -t sim:',
      '"32" is not a place after another: it may be a value or an address (0x20+0)',
    ],
  ])('is refused, with nothing read: %s', async (line, message) => {
    const memory = await recordedSim()
    expect(await run(line, { memory })).toEqual({ code: 2, out: '', err: `physmem: ${message}\n` })
    expect(accessesOf(memory)).toEqual([])
  })

  it.each([
    'read 0x40 64+0',
    'read 0x8 0x40',
    'read 0x0 0x4 0x40000000',
    'read 0x40000000 0x20+0',
    'read 0x40000000 0x1000+0',
    'read 0x40000000 0x00001000',
    // No size: two devices, or two words of one.
    'read 0x40000000 0x4100',
    'read 0x10000000 0x09000018',
    'read 0x8000 0x1000',
    'read 0x20+0 0x1000',
    'read 0x40000000 0x20+0:3',
    'read 0x40000000 0x20+0..+4',
  ])('is an address where it stands first, or is written as one: %s', async (line) => {
    expect((await run(`--target sim: ${line}`)).code).toBe(0)
  })

  it('of a request that is wrong nothing is done, and nothing is said to be', async () => {
    const { code, err } = await run('read port:0x80..+8', { root: '/nonexistent' })
    expect(code).toBe(process.arch === 'x64' ? 2 : 1)
    expect(err).not.toContain('done:')
  })
})

describe('read', () => {
  it('prints a place and its value', async () => {
    expect(await run('--target sim: read 0x10000000')).toEqual({
      code: 0,
      out: '0x10000000  0x50484d31\n',
      err: '',
    })
  })

  it('makes one access of the width that is asked for, in the order given', async () => {
    const memory = await recordedSim()
    await run('read 0x9000018 0x9000fe0 --width 8', { memory })
    await run('read 0xfed00000 --width 64', { memory })
    await run('read 0x10000000..+8', { memory })
    expect(accessesOf(memory)).toEqual([
      'r8 0x9000018',
      'r8 0x9000fe0',
      'r64 0xfed00000',
      'r32 0x10000000',
      'r32 0x10000004',
    ])
  })

  it('prints bits, and the value that they are in', async () => {
    const { out } = await run('--target sim: read 0x10000000:7:4 0x10000000:0 0x10000000')
    expect(out).toBe(
      '0x10000000:7:4  0x3         in 0x50484d31\n' +
        '0x10000000:0    0x1         in 0x50484d31\n' +
        '0x10000000      0x50484d31\n',
    )
  })

  it('prints one line for each element of a range', async () => {
    const { out } = await run('--target sim: read 0x09000fe0..+16')
    expect(out).toBe(
      '0x09000fe0  0x00000011\n' +
        '0x09000fe4  0x00000010\n' +
        '0x09000fe8  0x00000034\n' +
        '0x09000fec  0x00000000\n',
    )
  })

  it('prints any number of elements', async () => {
    const count = 150_000
    const file = folder.file('many.bin', new Uint8Array(count).fill(1))
    const { code, out, err } = await run(`read file:${file}.. --width 8 --quiet`)
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toBe('0x01\n'.repeat(count))
  })

  it.each([
    ['--quiet', '0x50484d31\n'],
    ['--base dec', '0x10000000  1346915633\n'],
    ['--base bin', '0x10000000  0b0101_0000_0100_1000_0100_1101_0011_0001\n'],
    ['--endian big', '0x10000000  0x314d4850\n'],
    ['--endian big --quiet --base dec', '827148368\n'],
  ])('takes %s', async (options, out) => {
    expect(await run(`--target sim: read 0x10000000 ${options}`)).toEqual({ code: 0, out, err: '' })
  })

  it('swaps before it takes bits out', async () => {
    const { out } = await run('--target sim: read 0x10000000:7:0 --endian big --quiet')
    expect(out).toBe('0x50\n')
  })

  it('reads several elements, or one address several times', async () => {
    const memory = await recordedSim()
    memory.board.poke('demo.FIFO', 0x11)
    memory.board.poke('demo.FIFO', 0x22)
    const { out } = await run('read 0x10000028 --count 2 --fixed', { memory })
    expect(out).toBe('0x10000028  0x00000011\n0x10000028  0x00000022\n')
    await run('read 0x10000000 --count 2 --quiet', { memory })
    expect(accessesOf(memory)).toEqual([
      'r32 0x10000028',
      'r32 0x10000028',
      'r32 0x10000000',
      'r32 0x10000004',
    ])
  })

  it('prints JSON, with 64-bit values as strings', async () => {
    const { out } = await run('--target sim: read 0xfed00000 0x10000000:7:4 --json --width 32')
    expect(JSON.parse(out)).toEqual({
      command: 'read',
      results: [
        { place: '0xfed00000', address: 0xfed00000, width: 32, value: 0x8086a201 },
        {
          place: '0x10000000:7:4',
          address: 0x10000000,
          width: 32,
          value: 0x50484d31,
          bits: '7:4',
          field: 3,
        },
      ],
    })
    const wide = await run('--target sim: read 0xfed00000 --json --width 64')
    expect(JSON.parse(wide.out).results[0].value).toBe('0x009896808086a201')
  })

  it('prints what was read before a fault, and then the fault', async () => {
    expect(await run('--target sim: read 0x10000000 0x10000038..+16')).toEqual({
      code: 1,
      out: '0x10000000  0x50484d31\n0x10000038  0x00000000\n',
      err:
        'physmem: 32-bit read at 0x1000003c failed: demo.BROKEN answers every access with a bus error\n' +
        '  done: read 2 of 5 elements\n',
    })
  })

  it('does so in JSON, too', async () => {
    const { code, out, err } = await run('--target sim: read 0x10000038..+8 --json')
    expect(code).toBe(1)
    expect(JSON.parse(out)).toMatchObject({
      command: 'read',
      results: [{ place: '0x10000038', value: 0 }],
      error: {
        code: 'EFAULT_BUS',
        message:
          '32-bit read at 0x1000003c failed: demo.BROKEN answers every access with a bus error',
        place: '0x1000003c',
        address: 0x1000003c,
        progress: 'read 1 of 2 elements',
      },
    })
    expect(err).toContain('physmem: 32-bit read at 0x1000003c failed')
  })

  it('writes the place of an error as it writes those of results', async () => {
    const { out, err } = await run('--target sim: write 0x8=1 --json')
    expect(err).toContain('32-bit write at 0x00000008 failed')
    expect(JSON.parse(out).error).toMatchObject({ place: '0x8', address: 8 })
  })

  it('reads a misaligned place byte by byte when that is allowed, and says so', async () => {
    const memory = await recordedSim()
    const { out, err } = await run('read 0x1 --unaligned', { memory })
    expect(out).toBe('0x00000001  0x6d737968\n')
    expect(err).toBe('physmem: 0x00000001 is not aligned to 32 bits: accessed as 4 single bytes\n')
    expect(accessesOf(memory)).toEqual(['r8 0x1', 'r8 0x2', 'r8 0x3', 'r8 0x4'])
    const json = await run('read 0x1 0x4 --unaligned --json', { memory })
    expect(JSON.parse(json.out).results).toMatchObject([
      { unaligned: true },
      { value: 0x206d_656d },
    ])
  })

  it('reads misaligned ranges, and values of the other order', async () => {
    const { out } = await run('--target sim: read 0x1..+4 --unaligned --width 16 --endian big -q')
    expect(out).toBe('0x6879\n0x736d\n')
  })

  it('touches nothing when any place is wrong', async () => {
    const memory = await recordedSim()
    const { code, err } = await run('read 0x10000000 0x10000002', { memory })
    expect(code).toBe(2)
    expect(err).toBe(
      'physmem: 0x10000002 is not a multiple of 4: a 32-bit access needs 0x10000000 or 0x10000004\n' +
        '  hint: use --width 16, or --unaligned to access it byte by byte\n',
    )
    expect(accessesOf(memory)).toEqual([])
  })

  it.each([
    [
      'read 0x10000000..+3',
      '0x10000000..+0x3: 3 bytes are not a whole number of 32-bit elements\n  hint: use --width 8',
    ],
    ['read 0x10000000..+8 --count 2', '0x10000000..+0x8 has its own length: leave out --count'],
    ['read 0x10000000 --fixed', '--fixed needs --count, or a range'],
    ['read 0x10000000 --count 0', 'a count of 0: expected at least 1'],
    [
      'read 0x40000000..+2M',
      '2097152 bytes from 0x40000000: one operand is at most 1 MiB\n  hint: use dump, which takes any length',
    ],
    ['read 0x10000000 --base oct', '"oct" is not a base: expected hex, dec or bin'],
    [
      'read 0x1 --unaligned --count 2 --fixed',
      'byte accesses (--unaligned) of one fixed address: choose one',
    ],
  ])('refuses %s', async (line, message) => {
    expect(await run(`--target sim: ${line}`)).toEqual({
      code: 2,
      out: '',
      err: `physmem: ${message}\n`,
    })
  })
})
