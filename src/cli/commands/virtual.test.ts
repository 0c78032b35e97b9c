import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FakeRoot } from '../../linux/testing/fake-root.ts'
import { SPARSE_FOLDER, writeKcore } from '../../ways/testing/fake-kcore.ts'
import { run } from '../testing/run.ts'

const PAGES = 16384
const TEXT = 0xffff_ffff_8100_0000n
/** As far into another piece of virtual memory, which is a memory of its own. */
const HIGH = TEXT - 2n ** 48n

let folder: string
let root: FakeRoot
beforeAll(() => {
  folder = mkdtempSync(join(SPARSE_FOLDER, 'physmem-virtual-'))
  const memory = new Uint8Array(3 * PAGES)
  memory.set(Buffer.from('kernel text, or so'), PAGES)
  root = new FakeRoot()
    .put('proc/kallsyms', `${TEXT.toString(16)} T _text\n`)
    .link('proc/kcore', join(folder, 'kcore'))
  root.put('dev/mem', memory)
  const length = BigInt(PAGES)
  writeKcore(join(folder, 'kcore'), [
    { virtual: TEXT, physical: length, length, offset: length, bytes: memory.subarray(PAGES) },
    { virtual: HIGH, physical: 2n * length, length, offset: 2n * length },
  ])
})
afterAll(() => {
  root[Symbol.dispose]()
  rmSync(folder, { recursive: true })
})

const place = `kernel:0x${TEXT.toString(16)}`
const ran = (line: string) => run(line, { root: root.path })
const json = async (line: string) => JSON.parse((await ran(`${line} --json`)).out)

describe('an address of the kernel', () => {
  it.each([[place], ['kernel:_text']])('is shown as it is in a dump of %s', async (start) => {
    expect(await ran(`dump ${start}..+18 --width 8`)).toEqual({
      code: 0,
      out:
        `${start}..+0x12\n` +
        '0xffffffff81000000  6b 65 72 6e 65 6c 20 74  65 78 74 2c 20 6f 72 20  |kernel text, or |\n' +
        '0xffffffff81000010  73 6f                                             |so|\n',
      err: '',
    })
  })

  it('is a string in JSON, for it is above 2^53', async () => {
    const address = '0xffffffff81000000'
    const next = '0xffffffff81000008'
    const missing: unknown[] = []
    for (const [line, expected] of [
      [`dump ${place}..+8`, { address, pieces: [{ address }], missing }],
      ['dump kernel:_text+8..+8', { address: next, pieces: [{ address: next }] }],
      [`read ${place}+8`, { results: [{ address: next }] }],
      [`read ${place}..+16 --width 64`, { results: [{ address }, { address: next }] }],
      [`wait ${place}=0x6e72656b`, { conditions: [{ address }], met: true }],
      [`search ${place}..+32 text:xt`, { address, matches: [{ address: '0xffffffff81000009' }] }],
      [`compare ${place}..+8 ${place}`, { left: { address }, right: { address }, equal: true }],
      [`watch ${place}+8 --count 1`, { address: next }],
      [`write ${place}+256=1`, { results: [{ address: '0xffffffff81000100' }] }],
      [`write ${place}+256=1 --dry-run`, { results: [{ address: '0xffffffff81000100' }] }],
      [`fill ${place}+256..+8 0`, { address: '0xffffffff81000100', bytes: 8 }],
      [`fill ${place}+256..+8 0 --dry-run`, { address: '0xffffffff81000100' }],
      [`cache clean ${place}..+8`, { address }],
    ] as const) {
      expect({ line, ...(await json(line)) }).toMatchObject({ line, ...expected })
    }
  })

  it('is one in the JSON of an error, and in what is missing', async () => {
    const end = `kernel:0x${(TEXT + BigInt(PAGES) - 4n).toString(16)}`
    const { error } = await json(`read ${end}..+8`)
    expect(error).toMatchObject({ code: 'EUNMAPPED', virtual: '0xffffffff81004000' })
    expect((await json(`dump ${end}..+8 --keep-going`)).missing).toMatchObject([
      { address: '0xffffffff81004000', length: 4 },
    ])
    writeFileSync(join(folder, 'ram.bin'), new Uint8Array(8))
    expect(await json(`load ${place}+256 ${join(folder, 'ram.bin')}`)).toMatchObject({
      address: '0xffffffff81000100',
      bytes: 8,
    })
  })

  it('has none after it at the end of virtual memory, which is reported before any access', async () => {
    expect(await ran('read kernel:0xfffffffffffffff8..+16')).toEqual({
      code: 2,
      out: '',
      err: 'physmem: 0x10000000000000007 is beyond virtual memory: the largest address is 0xffffffffffffffff\n',
    })
  })
})

describe('where something was refused', () => {
  it.each([
    ['write kernel:_text+8=1', 'kernel:_text+0x8', '0xffffffff81000008'],
    [`write ${place}+8=1`, `${place}+0x8`, '0xffffffff81000008'],
    ['fill kernel:_text+8..+8 0', 'kernel:_text+0x8', '0xffffffff81000008'],
    ['write iomem:block+8=1', 'iomem:"block"+0x8', 0x1008],
    ['write 0x1008=1', '0x1008', 0x1008],
  ])('is told by the place that was named: %s', async (line, place, address) => {
    using bare = new FakeRoot()
      .put('proc/kallsyms', `${TEXT.toString(16)} T _text\n`)
      .put('proc/iomem', '00001000-00001fff : block\n')
      .link('proc/kcore', join(folder, 'kcore'))
    const { out, code } = await run(`${line} --json`, { root: bare.path })
    expect({ code, ...JSON.parse(out).error }).toMatchObject({
      ...{ code: 'EREFUSED_NO_DEVMEM', place, address },
    })
  })
})

describe('copying inside of the kernel', () => {
  it('goes to an address that differs in its highest bits only', async () => {
    const line = `copy ${place}..+16 kernel:0x${HIGH.toString(16)} --width 64 -q`
    expect(await ran(line)).toEqual({ code: 0, out: '', err: '' })
    const copied = readFileSync(root.at('dev/mem')).subarray(2 * PAGES, 2 * PAGES + 16)
    expect(copied.toString()).toBe('kernel text, or ')
  })

  it('is refused onto itself, by whatever name', async () => {
    expect((await ran(`copy ${place}..+8 kernel:_text`)).err).toBe(
      'physmem: kernel:0xffffffff81000000 would be copied onto itself\n',
    )
  })
})

describe('an offset or a physical address', () => {
  it('is what JSON has for all commands alike', async () => {
    root.put('proc/iomem', '00001000-00001fff : block\n')
    for (const line of [
      'search iomem:block+8..+8 text:x',
      'dump iomem:block+8..+8',
      'fill iomem:block+8..+8 0 --dry-run',
      'fill iomem:block+8..+8 0',
    ]) {
      expect({ line, ...(await json(line)) }).toMatchObject({ line, address: 0x1008 })
    }
    expect(await json('compare iomem:block+8..+8 iomem:block+8')).toMatchObject({
      ...{ left: { address: 0x1008 }, right: { address: 0x1008 } },
    })
    const { results } = await json('write iomem:block+8=0')
    expect(results).toMatchObject([{ address: 0x1008 }])
  })
})
