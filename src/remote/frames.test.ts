import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Malformed, packed } from './bytes.ts'
import { type Frame, FrameReader, firstFrame } from './frames.ts'
import { FRAME_MOST } from './protocol.ts'
import { frame } from './testing/made-channel.ts'

describe('a frame', () => {
  it('is taken when all of it is there, and the rest stays', () => {
    const bytes = frame('look', 7, Uint8Array.of(1, 2, 3))
    for (let length = 0; length < bytes.length; length++) {
      expect(firstFrame(bytes.subarray(0, length))).toBeUndefined()
    }
    expect(firstFrame(packed(bytes, Uint8Array.of(9)))).toEqual({
      frame: { kind: 1, id: 7, payload: Uint8Array.of(1, 2, 3) },
      rest: Uint8Array.of(9),
    })
  })

  it('that is too long is refused by its head', () => {
    const of = (length: number) => () => firstFrame(frame('look', 1, new Uint8Array(), { length }))
    expect(of(FRAME_MOST)()).toBeUndefined()
    expect(of(FRAME_MOST + 1)).toThrow(new Malformed('a frame of 131073 bytes'))
    expect(of(0xffff_ffff)).toThrow(new Malformed('a frame of 4294967295 bytes'))
  })

  it('with something where nothing is, is refused', () => {
    expect(() => firstFrame(frame('look', 1, undefined, { zero: 1 }))).toThrow(
      new Malformed('this begins no frame'),
    )
  })
})

describe('frames that come in pieces', () => {
  const frames = fc.array(
    fc.record({ id: fc.nat(0xffff_ffff), payload: fc.uint8Array({ maxLength: 40 }) }),
  )

  it('are the same wherever they are divided', () => {
    fc.assert(
      fc.property(frames, fc.array(fc.integer({ min: 1, max: 50 })), (asked, lengths) => {
        const bytes = packed(...asked.map(({ id, payload }) => frame('look', id, payload)))
        const reader = new FrameReader()
        const found: Frame[] = []
        // As a channel gives them: in a buffer that is used again.
        const buffer = new Uint8Array(50)
        for (let at = 0, piece = 0; at < bytes.length; piece++) {
          const length = Math.min(lengths[piece] ?? 50, bytes.length - at)
          buffer.set(bytes.subarray(at, at + length))
          reader.take(buffer.subarray(0, length), ({ payload, ...head }) =>
            found.push({ ...head, payload: payload.slice() }),
          )
          buffer.fill(0xff)
          at += length
        }
        expect(found).toEqual(asked.map((one) => ({ kind: 1, ...one })))
      }),
    )
  })

  it('are refused by their heads, before their bytes are there', () => {
    const head = frame('look', 1, new Uint8Array(), { length: FRAME_MOST + 1 })
    const reader = new FrameReader()
    const use = () => expect.unreachable()
    reader.take(head.subarray(0, 15), use)
    expect(() => reader.take(head.subarray(15), use)).toThrow(
      new Malformed('a frame of 131073 bytes'),
    )
  })
})
