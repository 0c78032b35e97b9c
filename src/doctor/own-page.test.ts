import { describe, expect, it } from 'vitest'
import type { OwnPage } from '../engine/addon.ts'
import type { PageEntry } from '../linux/pagemap.ts'
import { compare } from './compare.ts'
import { isProbe, openProbe, probeOf } from './own-page.ts'
import { FakeProbe, PATTERN } from './testing/fakes.ts'

const marks = { softDirty: false, exclusive: true, uffdWp: false, filePage: false }
const at = (frame: number): PageEntry => ({ ...marks, kind: 'present', frame })
const moving: PageEntry = { ...marks, kind: 'migration', frame: 5 }
const absent: PageEntry = { ...marks, kind: 'absent' }

const page: OwnPage = {
  address: 0x7f00_0000_1000n,
  locked: true,
  pinned: false,
  read32: () => 0,
  write32: () => undefined,
  close: () => undefined,
}

function probe(...entries: PageEntry[]) {
  const asked: number[] = []
  const entry = (number: number) => {
    asked.push(number)
    return entries.shift() ?? absent
  }
  const made = probeOf(page, { pageSize: 4096, entry }, PATTERN, () => undefined)
  return { made, asked }
}

describe('a page of this process', () => {
  it('is looked for again where it was moved, or is being moved', () => {
    const { made, asked } = probe(at(5), moving, absent, moving, at(6), at(6))
    if (!isProbe(made)) throw new Error('there is no frame')
    expect([made.stays(), made.stays(), made.locate(), made.physical]).toEqual([
      ...[false, false, false],
      5 * 4096,
    ])
    expect([made.locate(), made.physical, made.stays()]).toEqual([true, 6 * 4096, true])
    expect(new Set(asked)).toEqual(new Set([0x7f00_0000_1]))
  })

  it('may have no frame at all', () => {
    const { made } = probe(absent)
    expect(made).toMatchObject({
      refusal: { reason: 'a page of this process, just written, is in no frame: absent' },
    })
    expect(probe({ ...marks, kind: 'hidden', present: true }).made).toMatchObject({
      refusal: { code: 'EHIDDEN' },
    })
  })

  it.runIf(process.platform === 'linux')('is found on this machine, or it is told why not', () => {
    const own = openProbe()
    if (!isProbe(own)) {
      expect(own.refusal.reason).not.toBe('')
      return
    }
    const frames = [own.stays(), own.locate()]
    own.close()
    expect(frames[1]).toBe(true)
    expect(() => own.stays()).toThrow()
  })
})

describe('compare', () => {
  const other = () => new Uint8Array(PATTERN.length)

  it('says that the page moved where it cannot be found again', () => {
    const moved = new FakeProbe()
    moved.moves = 1
    moved.lost = true
    expect(compare(moved, other)).toEqual({ kind: 'moved' })
    moved.lost = false
    expect(compare(moved, other)).toEqual({ kind: 'zeros' })
  })
})
