import { describe, expect, it } from 'vitest'
import { GatheredBytes } from './gathered-bytes.ts'

describe('bytes that come in pieces', () => {
  it('are one after the other, and the first can be dropped', () => {
    const gathered = new GatheredBytes()
    for (let at = 0; at < 10_000; at++) gathered.add(Uint8Array.of(at))
    expect(gathered.length).toBe(10_000)
    expect(gathered.bytes).toEqual(new Uint8Array(10_000).map((_, at) => at))
    gathered.drop(9990)
    gathered.add(Uint8Array.of(1, 2))
    expect([...gathered.bytes]).toEqual([6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 1, 2])
    gathered.drop(12)
    expect(gathered.bytes).toEqual(new Uint8Array(0))
  })

  it('use few buffers', () => {
    const gathered = new GatheredBytes()
    const buffers = new Set<ArrayBufferLike>()
    for (let at = 0; at < 1_000_000; at++) {
      gathered.add(Uint8Array.of(at))
      buffers.add(gathered.bytes.buffer)
    }
    expect(buffers.size).toBeLessThan(12)
  })
})
