/**
 * On this very machine, where the kernel shows frames to root: a process with pages of every kind
 * (lab/guest/holder.c). What the kernel must keep is the witness: two mappings of one page have one
 * frame, huge pages are contiguous, and PAGEMAP_SCAN leaves out nothing that is there.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadAddon } from '../engine/addon.ts'
import { CHUNK_PAGES } from './asking.ts'
import {
  OwnerIndex,
  owners,
  ProcessTranslator,
  readPages,
  translate,
  translateAll,
} from './index.ts'
import { Pagemap } from './pagemap.ts'
import { type Holder, noHolder, startHolder } from './testing/holder.ts'
import { stretchesOf } from './walk.ts'

const { pageSize } = loadAddon()

const reason = noHolder
const title = 'a process of this machine'

describe.skipIf(reason)(reason === undefined ? title : `${title} [skipped: ${reason}]`, () => {
  let holder: Holder
  let pid: number
  let at: Record<string, bigint>

  beforeAll(async () => {
    holder = await startHolder()
    ;({ pid, at } = holder)
  })

  afterAll(() => holder?.end())

  const one = (name: string) => translate(pid, at[name] as bigint)

  it('has one frame for two mappings of one page', async () => {
    const [first, second] = [await one('one'), await one('other')]
    expect(second.address).toBe(first.address)
    expect(first).toMatchObject({ mapCount: 2, zeroPage: false, moved: 0, pageKind: 'base' })
    expect(first.mapping.path).toBe('/memfd:twice (deleted)')
    expect(first.flags).toContain('SWAPBACKED')
    const report = await owners([first.address])
    const found = report.frames[0]?.owners.filter((owner) => owner.pid === pid)
    const page = (name: string) => ((at[name] as bigint) / BigInt(pageSize)) * BigInt(pageSize)
    const wanted = [page('one'), page('other')].sort()
    expect(found?.map(({ virtual }) => virtual).sort()).toEqual(wanted)
    const index = await OwnerIndex.build()
    const known = index.lookup(first.frame).filter((owner) => owner.pid === pid)
    expect(known.map(({ virtual }) => virtual).sort()).toEqual(wanted)
  }, 60_000)

  it('has different frames for what it has written and what it has only read', async () => {
    const [pattern, zero] = [await one('pattern'), await one('zero')]
    expect(pattern).toMatchObject({ process: 'holder', by: 'pagemap', zeroPage: false })
    expect(pattern.flags).toContain('MLOCKED')
    expect(pattern.address % pageSize).toBe(Number((at.pattern as bigint) % BigInt(pageSize)))
    expect(zero.frame).not.toBe(pattern.frame)
  })

  it('has the zero page for what it has only read', async ({ skip }) => {
    const zero = await one('zero')
    if (zero.flags?.includes('ANON')) skip('this kernel gave the process a page of its own')
    expect(zero).toMatchObject({ zeroPage: true })
  })

  it('has no frame for what was never touched', async () => {
    await expect(one('untouched')).rejects.toMatchObject({ code: 'ENOTPRESENT' })
    await expect(one('closed')).rejects.toMatchObject({ code: 'ENOTPRESENT' })
  })

  it('has no mapping where user addresses have ended', async () => {
    for (const virtual of [0x8000_0000_0000n, 0x7fff_ffff_ffff_ffffn]) {
      await expect(translate(pid, virtual)).rejects.toMatchObject({ code: 'EUNMAPPED' })
    }
    expect([...readPages(pid, 0x7fff_ffff_ffff_0000n, pageSize).frames]).toEqual([-1])
  })

  it('has none for a guard region, where the kernel has such (6.13+)', async ({ skip }) => {
    if (at.guard === undefined) skip('this kernel has no guard regions')
    await expect(one('guard')).rejects.toMatchObject({ code: 'EGUARD' })
  })

  it('has contiguous frames in a huge page, of the size that is told', async ({ skip }) => {
    const found = await one('transparent')
    const size = (pageSize / 8) * pageSize
    if (found.pageKind === 'base') skip('this kernel gave the process no huge page')
    expect(found).toMatchObject({ pageKind: 'transparent huge', pageSize: size })
    const start = ((at.transparent as bigint) / BigInt(size)) * BigInt(size)
    const { frames } = readPages(pid, start, size)
    const first = frames[0] as number
    expect(first % (size / pageSize)).toBe(0)
    expect([...frames]).toEqual(Array.from(frames, (_, index) => first + index))
  })

  it('is listed with everything that single answers tell', async () => {
    const runs = []
    const all = translateAll(pid)
    for await (const run of all) runs.push(run)
    for (const name of ['pattern', 'one', 'other', 'transparent', 'variable', 'zero']) {
      const virtual = at[name] as bigint
      const run = runs.find(
        (one) => one.virtual <= virtual && virtual < one.virtual + BigInt(one.length),
      )
      const { address } = await one(name)
      const within = run?.same ? virtual % BigInt(pageSize) : virtual - (run?.virtual ?? 0n)
      expect([name, (run?.address ?? 0) + Number(within)]).toEqual([name, address])
    }
    const present = runs.filter(({ kind }) => kind === 'present')
    expect(all.totals.present).toBe(present.reduce((sum, { length }) => sum + length, 0))
    expect(all.totals.zeroPage).toBe((await one('zero')).zeroPage ? pageSize : 0)
  })

  it('has nothing where PAGEMAP_SCAN sees holes', () => {
    using translator = new ProcessTranslator(pid)
    using pagemap = new Pagemap(pid)
    const words = new Uint32Array(2 * CHUNK_PAGES)
    let holes = 0
    for (const { page, count } of stretchesOf(translator.mappings(), pageSize)) {
      const there = new Uint8Array(count)
      for (const part of pagemap.populated(page, page + count)) {
        there.fill(1, part.page - page, part.page - page + part.count)
      }
      expect(count).toBeLessThan(CHUNK_PAGES)
      expect(pagemap.read(page, words.subarray(0, 2 * count))).toBe(count)
      for (let index = 0; index < count; index++) {
        if (there[index] === 1) continue
        holes++
        // Bits 62 and 63
        expect((words[2 * index + 1] as number) >>> 30).toBe(0)
      }
    }
    const hasScan = pagemap.isHuge(Number((at.pattern as bigint) / BigInt(pageSize))) !== undefined
    expect(holes > 0).toBe(hasScan)
  })
})
