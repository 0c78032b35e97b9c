import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseMaps, readMaps } from './maps.ts'
import { FakeRoot } from './testing/fake-root.ts'

/** From a lab machine, kernel 6.12; the last line from a PC. */
const recorded = `00400000-05a35000 r-xp 00000000 00:02 1053                               /usr/bin/node
7fa2dc671000-7fa2dc672000 rw-s fe800000 00:16 14536                      /sys/devices/pci0000:00/0000:00:04.0/resource0
7f99040fc000-7f99040fd000 rw-s fed00000 00:06 3                          /dev/mem
7f9904000000-7f9904021000 rw-p 00000000 00:00 0 
7f9904021000-7f9908000000 ---p 00000000 00:00 0 
7ffd0f9d8000-7ffd0f9f9000 rw-p 00000000 00:00 0                          [stack]
7ffd0fa00000-7ffd0fa01000 rw-p 00000000 103:02 18446744073709551615      /tmp/a b (deleted)
ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]
`

describe('parseMaps', () => {
  it('takes every field', () => {
    const mappings = parseMaps(recorded)
    expect(mappings).toHaveLength(8)
    expect(mappings[1]).toEqual({
      start: 0x7fa2dc671000n,
      end: 0x7fa2dc672000n,
      readable: true,
      writable: true,
      executable: false,
      shared: true,
      offset: 0xfe800000n,
      device: '00:16',
      inode: 14536n,
      path: '/sys/devices/pci0000:00/0000:00:04.0/resource0',
    })
    expect(mappings[3]).toMatchObject({ shared: false, device: '00:00', inode: 0n, path: '' })
    expect(mappings[4]).toMatchObject({ readable: false, writable: false, executable: false })
    expect(mappings[6]).toMatchObject({
      device: '103:02',
      inode: 2n ** 64n - 1n,
      path: '/tmp/a b (deleted)',
    })
    expect(mappings[7]).toMatchObject({
      start: 0xffff_ffff_ff60_0000n,
      readable: false,
      executable: true,
      path: '[vsyscall]',
    })
  })

  it('gives a newline in a path back, and leaves a backslash', () => {
    const line = '1000-2000 r--p 00000000 00:02 7 /tmp/a\\012b\\134c\n'
    expect(parseMaps(line).map(({ path }) => path)).toEqual(['/tmp/a\nb\\134c'])
  })

  it('passes over lines of another form', () => {
    const text = `1000-2000 r--p 00000000 00:02 7 /good
2000-1000 r--p 00000000 00:02 7 /reversed
1000-1000 r--p 00000000 00:02 7 /empty
1000-2000 rwzp 00000000 00:02 7 /flags
1000-2000 r--p 00000000 00:02
11000000000000000-2000 r--p 00000000 00:02 7 /long
Size: 4 kB`
    expect(parseMaps(text).map(({ path }) => path)).toEqual(['/good'])
  })

  it('never throws, and gives only mappings that can be', () => {
    const line = fc.stringMatching(
      /^[0-9a-f]{1,18}-[0-9a-f]{1,18} [r-][w-][x-][ps] [0-9a-f]{1,17} 0:0 \d{1,21} .*$/,
    )
    fc.assert(
      fc.property(fc.array(fc.oneof(line, fc.string({ unit: 'binary' }))), (lines) => {
        for (const { start, end } of parseMaps(lines.join('\n'))) {
          expect(0n <= start && start < end && end < 2n ** 64n).toBe(true)
        }
      }),
    )
  })
})

describe('readMaps', () => {
  it('reads the file of a process', () => {
    using root = new FakeRoot().put('proc/42/maps', recorded)
    expect(readMaps(42, root.files)).toEqual(parseMaps(recorded))
  })

  it('says that there is no process', () => {
    using root = new FakeRoot()
    expect(() => readMaps(42, root.files)).toThrow(
      expect.objectContaining({
        name: 'RefusedError',
        code: 'ENOPROCESS',
        message: 'there is no process 42 (any more)',
        data: { errno: 'ENOENT', pid: 42 },
      }),
    )
  })
})
