import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Width } from '../base/width.ts'
import { HEADER_BYTES, STEP_BYTES } from './encode.ts'
import { Program } from './program.ts'
import type { Step } from './step.ts'
import { steps } from './testing/steps.ts'

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

describe('the binary form of a program', () => {
  it('is a header alone for no steps', () => {
    expect(hex(new Program([]).encoded)).toBe('504d4731' + '00000000' + '00000000' + '00000000')
  })

  it('has one record of 48 bytes a step, then the data', () => {
    const program = new Program([
      { op: 'update', address: 0xf_edcb_a987_6540, width: 32, mask: 0xff00, value: 0x1200 },
      {
        op: 'wait',
        address: 0x10,
        width: 64,
        mask: 0x8000_0000_0000_0000n,
        equals: 0,
        negate: true,
        timeoutMs: 1.5,
        intervalUs: 20,
      },
      { op: 'writeBlock', address: 0x20, width: 8, data: Uint8Array.of(1, 2, 3) },
      {
        op: 'writeBlock',
        address: 0x20,
        width: 16,
        data: Uint8Array.of(4, 5),
        stepping: 'fixed',
      },
      { op: 'readBlock', address: 0x30, width: 8, count: 5 },
      { op: 'readBlock', address: 0x40, width: 32, count: 2, stepping: 'fixed' },
      { op: 'delay', us: 2.5 },
    ])
    const record = (head: string, address: string, mask: string, value: string, rest: string) =>
      head + address + mask + value + rest
    const none = '0000000000000000'
    expect(hex(program.encoded)).toBe(
      [
        '504d4731070000001000000010000000',
        record(
          '0304000000000000',
          '406587a9cbed0f00',
          '00ff000000000000',
          '0012000000000000',
          none + none,
        ),
        record(
          '0408020000000000',
          '1000000000000000',
          '0000000000000080',
          none,
          '60e31600000000001400000000000000',
        ),
        record('0601000003000000', '2000000000000000', none, none, none + none),
        record('0602010001000000', '2000000000000000', none, none, `${none}0000000008000000`),
        record('0501000005000000', '3000000000000000', none, none, none + none),
        record('0504010002000000', '4000000000000000', none, none, `${none}0000000008000000`),
        record('0800000000000000', none, none, none, `c409000000000000${none}`),
        '01020300000000000405000000000000',
      ].join(''),
    )
  })

  it('gives the steps back to whoever reads it as engine.h says', () => {
    fc.assert(
      fc.property(fc.array(steps(4096), { maxLength: 12 }), (list) => {
        const program = new Program(list)
        const decoded = decode(program.encoded)
        expect(decoded.outputBytes).toBe(program.dataLength)
        expect(decoded.steps).toEqual(list.map(normal))
      }),
    )
  })

  it('gives every block bytes of its own', () => {
    fc.assert(
      fc.property(fc.array(steps(4096), { maxLength: 12 }), (list) => {
        const program = new Program(list)
        let free = 0
        for (const [index, step] of program.steps.entries()) {
          if (step.op !== 'readBlock') continue
          expect(program.dataOffset(index)).toBeGreaterThanOrEqual(free)
          expect(program.dataOffset(index) % 8).toBe(0)
          free = program.dataOffset(index) + (step.count * step.width) / 8
        }
        expect(free).toBeLessThanOrEqual(program.dataLength)
      }),
    )
  })

  it('is made once', () => {
    const program = new Program([{ op: 'fence' }])
    expect(program.encoded).toBe(program.encoded)
  })
})

/** A step with all values as bigint and nothing left out. */
function normal(step: Step): unknown {
  const big = (v: number | bigint) => BigInt(v)
  switch (step.op) {
    case 'write':
    case 'fill':
      return { ...step, value: big(step.value) }
    case 'update':
      return { ...step, mask: big(step.mask), value: big(step.value) }
    case 'wait':
      return { ...step, mask: big(step.mask), equals: big(step.equals) }
    default:
      return step
  }
}

/** Reads the layout of native/engine.h, independently of encode.ts. */
function decode(bytes: Uint8Array): { steps: unknown[]; outputBytes: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const count = view.getUint32(4, true)
  const inputStart = HEADER_BYTES + count * STEP_BYTES
  expect(bytes.length).toBe(inputStart + view.getUint32(8, true))
  const decoded = Array.from({ length: count }, (_, index) => {
    const at = HEADER_BYTES + index * STEP_BYTES
    const width = (view.getUint8(at + 1) * 8) as Width
    const flags = view.getUint8(at + 2)
    const elements = view.getUint32(at + 4, true)
    const place = { address: Number(view.getBigUint64(at + 8, true)), width }
    const mask = view.getBigUint64(at + 16, true)
    const value = view.getBigUint64(at + 24, true)
    const ns = Number(view.getBigUint64(at + 32, true))
    const stepping = flags & 1 ? 'fixed' : 'increment'
    const offset = view.getUint32(at + 44, true)
    switch (view.getUint8(at)) {
      case 1:
        return { op: 'read', ...place }
      case 2:
        return { op: 'write', ...place, value }
      case 3:
        return { op: 'update', ...place, mask, value }
      case 4: {
        const intervalUs = view.getUint32(at + 40, true)
        const negate = (flags & 2) !== 0
        return {
          op: 'wait',
          ...place,
          mask,
          equals: value,
          negate,
          timeoutMs: ns / 1e6,
          intervalUs,
        }
      }
      case 5:
        if (flags & 4) return { op: 'readBlock', ...place, count: elements, onFault: 'skip' }
        return { op: 'readBlock', ...place, count: elements, stepping }
      case 6: {
        const start = inputStart + offset
        const data = bytes.slice(start, start + elements * (width / 8))
        return { op: 'writeBlock', ...place, data, stepping }
      }
      case 7:
        return { op: 'fill', ...place, count: elements, value }
      case 8:
        return { op: 'delay', us: ns / 1000 }
      case 10: {
        expect(width).toBe(8)
        const action = value === 1n ? 'clean' : 'flush'
        expect(value).toBe(action === 'clean' ? 1n : 2n)
        return { op: 'cache', action, address: place.address, length: elements }
      }
      default:
        expect(view.getUint8(at)).toBe(9)
        return { op: 'fence' }
    }
  })
  return { steps: decoded, outputBytes: view.getUint32(12, true) }
}
