import { describe, expect, it } from 'vitest'
import { FakeRoot } from '../../linux/testing/fake-root.ts'
import { run } from '../testing/run.ts'

const isX86 = process.platform === 'linux' && process.arch === 'x64'
const title = isX86 ? 'port: places' : `port: places (skipped: this CPU is ${process.arch})`

describe.skipIf(!isX86)(title, () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, port) => port)
  const on = (root: FakeRoot) => ({ root: root.path })

  it('are read and written one by one', async () => {
    using root = new FakeRoot().put('dev/port', bytes)
    expect(await run('read port:0x71 port:0x60 -w 8', on(root))).toEqual({
      code: 0,
      out: 'port:0x71  0x71\nport:0x60  0x60\n',
      err: '',
    })
    expect((await run('write port:0x70=0x0a -w 8', on(root))).code).toBe(0)
    expect((await run('read port:0x70 -w 8 -q', on(root))).out).toBe('0x0a\n')
  })

  it('are no range unless that is asked for', async () => {
    using root = new FakeRoot().put('dev/port', bytes)
    const why =
      'physmem: ports 0x60 to 0x67: reading a port acts on the device behind it, so a range is accessed only when that is asked for\n'
    const cure = '  hint: name the ports one by one, or allow it: actOnPorts, --act-on-ports\n'
    for (const line of ['read port:0x60..+8', 'read port:0x60 -n 8', 'dump port:0x60..+8']) {
      const { code, out, err } = await run(`${line} -w 8`, on(root))
      expect({ code, out }).toEqual({ code: 2, out: '' })
      expect(err.startsWith(why) && err.endsWith(cure)).toBe(true)
    }
    expect(await run('read port:0x60..+4 -w 8 -q --act-on-ports', on(root))).toEqual({
      code: 0,
      out: '0x60\n0x61\n0x62\n0x63\n',
      err: '',
    })
    const fixed = await run('read port:0x61 -n 3 --fixed -w 8 -q', on(root))
    expect(fixed).toEqual({ code: 0, out: '0x61\n0x61\n0x61\n', err: '' })
  })
})

describe('a misaligned port', () => {
  it('is not read as a part of a wider one', async () => {
    using root = new FakeRoot()
    expect(await run('read port:0x70..+2', { root: root.path })).toEqual({
      ...{ code: 2, out: '' },
      err: 'physmem: port:0x70..+0x2: 2 bytes are not a whole number of 32-bit elements\n  hint: name the ports one by one, with --width 8\n',
    })
  })

  it('is not accessed as single bytes, and not said to be', async () => {
    const { code, out, err } = await run('read port:0x71 --unaligned')
    expect({ code, out, err }).toEqual({
      code: 2,
      out: '',
      err: [
        'physmem: port:0x71 is not a multiple of 4: a 32-bit access needs 0x70 or 0x74; --unaligned is for memory: each I/O port is a separate register',
        '  hint: name the ports one by one, with --width 8',
        '',
      ].join('\n'),
    })
  })

  it('has no neighbour after the last port', async () => {
    const { code, err } = await run('read port:0xffff')
    expect({ code, err }).toEqual({
      code: 2,
      err: 'physmem: port:0xffff is not a multiple of 4: a 32-bit access needs 0xfffc\n  hint: name the ports one by one, with --width 8\n',
    })
  })
})
