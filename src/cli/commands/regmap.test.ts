import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FakeRoot } from '../../linux/testing/fake-root.ts'
import { run } from '../testing/run.ts'

describe.skipIf(process.platform !== 'linux')('regmap: places', () => {
  const folder = 'sys/kernel/debug/regmap/1-0048'
  let root: FakeRoot
  beforeEach(() => {
    // With values of one byte, a plain file gives the lines that the kernel would.
    root = new FakeRoot()
      .put(`${folder}/name`, 'ds1338\n')
      .put(`${folder}/access`, '0: y y y n\n1: y y y n\n2: y n y y\n')
      .put(`${folder}/range`, '0-1\n')
      .put(`${folder}/registers`, '0: 12\n1: a5\n')
  })
  afterEach(() => root[Symbol.dispose]())

  const on = (line: string) => run(line, { root: root.path })
  const printed = (...lines: string[]) => ({
    code: 0,
    out: lines.map((line) => `${line}\n`).join(''),
    err: '',
  })

  it('are read by their numbers, with 32 bits', async () => {
    expect(await on('read regmap:1-0048/1 regmap:1-0048/1:7:4')).toEqual(
      printed(
        'regmap:1-0048/0x1      0x000000a5',
        'regmap:1-0048/0x1:7:4  0xa         in 0x000000a5',
      ),
    )
    expect(await on('read regmap:1-0048/0 --count 2 -q')).toEqual(
      printed('0x00000012', '0x000000a5'),
    )
    const { out } = await on('read regmap:1-0048/1 --json')
    expect(JSON.parse(out).results).toEqual([
      { place: 'regmap:1-0048/0x1', address: 4, width: 32, value: 0xa5 },
    ])
    expect((await on('read regmap:1-0048/1 -w 8')).err).toBe(
      'physmem: regmap:1-0048/0x1: registers of a regmap have 32 bits and cannot be accessed with 8\n  hint: use --width 32\n',
    )
  })

  it('are refused where they are precious, and never written', async () => {
    expect(await on('read regmap:1-0048/0 regmap:1-0048/2')).toEqual({
      code: 1,
      out: '',
      err: 'physmem: register 0x2 of regmap:1-0048 cannot be read: its driver calls it precious, since a read has an effect: the kernel reads it for nobody\n  done: read 0 of 2 elements\n',
    })
    for (const line of ['write regmap:1-0048/1=0', 'write regmap:1-0048/1=0 --dry-run']) {
      expect(await on(line)).toEqual({
        code: 1,
        out: '',
        err: 'physmem: regmap:1-0048 cannot be written: the kernel only allows reading registers of a regmap, unless its source was edited (REGMAP_ALLOW_WRITE_DEBUGFS)\n  cure: write to the device itself, by its bus or its physical address\n',
      })
    }
  })

  it('are no bytes', async () => {
    const { code, err } = await on('dump regmap:1-0048/0..+8')
    expect(code).toBe(2)
    expect(err).toContain(
      'is not a range: registers of a regmap are not bytes, and a length could count either: name them one by one, or use --count of read\n',
    )
  })

  it('are examined by the doctor', async () => {
    const { code, out } = await on('doctor regmap:1-0048/0')
    expect(code).toBe(0)
    expect(out.split('\n').slice(0, 4)).toEqual([
      'regmap:1-0048/0x0',
      '     here     one of the registers of a regmap, which have no physical address',
      '✓  read     works, by regmap:1-0048',
      '✗  write    refused',
    ])
  })
})
