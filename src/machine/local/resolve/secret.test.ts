import { existsSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { run } from '../../../cli/testing/run.ts'
import { loadAddon } from '../../../engine/addon.ts'
import { entries, FakeMachine } from '../../../translate/testing/fake-process.ts'
import { SPARSE_FOLDER, writeKcore } from '../../../ways/testing/fake-kcore.ts'

const { pageSize } = loadAddon()
const hex = (page: number) => (page * pageSize).toString(16).padStart(8, '0')
const at = (page: number) => `pid:1234:0x${(page * pageSize).toString(16)}`

const isLinux = process.platform === 'linux' && existsSync(SPARSE_FOLDER)

describe.skipIf(!isLinux)(`memfd_secret${isLinux ? '' : ' (skipped: not Linux)'}`, () => {
  let root: FakeMachine

  beforeEach(() => {
    root = new FakeMachine()
      .reader()
      .process(
        1234,
        [
          `${hex(16)}-${hex(18)} rw-p 00000000 00:00 0 `,
          `${hex(20)}-${hex(22)} rw-s 00000000 00:0e 77 /secretmem (deleted)`,
          `${hex(30)}-${hex(31)} rw-p 00000000 00:0e 77 /secretmem (deleted)`,
        ],
        {
          16: entries.present(1),
          17: entries.present(2),
          20: entries.present(3),
          21: entries.present(4),
          30: entries.present(3),
        },
      )
    // Frame 1 holds ones; 2, 3 and 4 show zeros.
    const bytes = new Uint8Array(5 * pageSize).fill(1, pageSize, 2 * pageSize)
    root.put('proc/kcore', '')
    const where = { virtual: 0xffff_8880_0000_0000n, physical: 0n, offset: 4096n * 16n }
    const high = { virtual: 0xffff_8881_0000_0000n, physical: 0x1_0000_0000n, offset: 1n << 24n }
    const length = BigInt(bytes.length)
    writeKcore(root.at('proc/kcore'), [
      { ...where, length, bytes },
      { ...high, length: BigInt(pageSize) },
    ])
  })
  afterEach(() => root[Symbol.dispose]())

  const reason =
    'the kernel has removed it from its own mapping (memfd_secret), and shows zeros instead'

  it('is unreadable through /proc/kcore, and other zeros are not', async () => {
    for (const place of [at(20), `${at(21)}+0x10`, `${at(20)}..+32`]) {
      const { code, out, err } = await run(`read ${place}`, { root: root.path })
      expect({ code, out }).toEqual({ code: 1, out: '' })
      expect(err.split('\n')[0]).toBe(
        `physmem: 32-bit read at ${place.replace('..+32', '')} failed: ${reason}`,
      )
    }
    for (const place of [at(17), `${at(17)}..+32`, at(30)]) {
      expect((await run(`read ${place}`, { root: root.path })).code).toBe(0)
    }
    const ones = await run(`read ${at(16)} -q`, { root: root.path })
    expect(ones).toMatchObject({ code: 0, out: '0x01010101\n' })
  })

  it('ends a dump, and is a hole in one that keeps going', async () => {
    const file = root.at('dump')
    const end = await run(`dump ${at(20)}..+0x20 -o ${file}`, { root: root.path })
    expect(end.code).toBe(1)
    expect(end.err).toContain(reason)
    const other = root.at('other')
    const json = `dump ${at(20)}..+0x20 -o ${other} --keep-going --json`
    expect(JSON.parse((await run(json, { root: root.path })).out)).toMatchObject({
      missing: [{ length: 0x20, reason }],
    })
  })

  it('holds what is there where the frame is mapped, through /dev/mem', async () => {
    root.put('dev/mem', new Uint8Array(8 * pageSize))
    const read = await run(`read ${at(20)} -q`, { root: root.path })
    expect(read).toMatchObject({ code: 0, out: '0x00000000\n' })
  })

  it('is told by translate', async () => {
    const virtual = at(20).replace('pid:1234:', '')
    const { out } = await run(`translate 1234 ${virtual}`, { root: root.path })
    expect(out).toMatch(
      /\nnote: the kernel has removed the page from its own mapping \(memfd_secret\): \/proc\/kcore shows zeros in its place\n$/,
    )
    const json = await run(`translate 1234 ${virtual} --json`, { root: root.path })
    expect(JSON.parse(json.out).results[0]).toMatchObject({ secret: true })
    const other = await run(`translate 1234 ${at(17).slice(9)}`, { root: root.path })
    expect(other.out).not.toContain('memfd_secret')
  })
})
