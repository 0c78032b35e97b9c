import assert from 'node:assert/strict'
import type { Window } from '../../../engine/windows/window.ts'
import { withArticle } from '../../../text/article.ts'
import { typeName } from '../../../text/options.ts'
import { assertSaid, at, errorOf, untyped, type WindowCase, type WindowSubject } from './case.ts'

/** Of every type, and of none that an offset, a value, a width or a count can have. */
const WRONG = [undefined, null, 'x', {}, [], true, Symbol('x'), () => 0]

/** Everything that takes an offset, given one. */
function uses(window: Window, offset: never): (() => unknown)[] {
  return [
    ...([8, 16, 32] as const).flatMap((width) => [
      () => window[`read${width}`](offset),
      () => window[`write${width}`](offset, 1),
      () => window[`update${width}`](offset, 1, 1),
      () => window[`wait${width}`](offset, { equals: 1 }),
    ]),
    () => window.read64(offset),
    () => window.write64(offset, 1n),
    () => window.update64(offset, 1n, 1n),
    () => window.wait64(offset, { equals: 1n }),
    () => window.read(offset, 32),
    () => window.write(offset, 32, 1),
    () => window.update(offset, 32, 1, 1),
    () => window.wait(offset, 32, { equals: 1 }),
    () => window.readBlock(offset, 8, 1),
    () => window.writeBlock(offset, 8, new Uint8Array(1)),
    () => window.fill(offset, 8, 1, 1),
  ]
}

/** Everything that takes a value, given one at offset 0. */
function stores(window: Window, value: never): (() => unknown)[] {
  return ([8, 16, 32, 64] as const).flatMap((width) => [
    () => window[`write${width}`](0, value),
    () => window[`update${width}`](0, untyped(1), value),
    () => window.write(0, width, value),
    () => window.update(0, width, 1, value),
    () => window.fill(0, width, 1, value),
  ])
}

/** Runs what must change nothing. */
function unchanged({ window }: WindowSubject, act: () => void): void {
  const before = window.readBlock(0, 8, 256)
  act()
  assert.deepEqual(window.readBlock(0, 8, 256), before)
}

/** What is refused before any access. */
export const refusalCases: readonly WindowCase[] = [
  {
    name: 'calls an offset of a wrong type that, whatever uses it',
    check(subject) {
      unchanged(subject, () => {
        for (const offset of [...WRONG, 0n, 8n]) {
          const said = `EUSAGE ${typeName(offset)} is not an offset: expected a number`
          for (const act of uses(subject.window, untyped(offset))) assertSaid(act, said)
        }
      })
    },
  },
  {
    name: 'calls values, masks, widths, counts and data of a wrong type that',
    check(subject) {
      const { window } = subject
      unchanged(subject, () => {
        for (const wrong of WRONG.map(untyped)) {
          const expected = 'expected a number or a bigint'
          const name = typeName(wrong)
          for (const act of stores(window, wrong)) {
            assertSaid(act, `EUSAGE ${name} is not a value: ${expected}`)
          }
          for (const width of [8, 16, 32, 64] as const) {
            const act = () => window[`update${width}`](0, wrong, untyped(1))
            assertSaid(act, `EUSAGE ${name} is not a mask: ${expected}`)
          }
          assertSaid(
            () => window.readBlock(0, wrong, 1),
            `EUSAGE ${name} is not a width: expected a number`,
          )
          assertSaid(
            () => window.readBlock(0, 8, wrong),
            `EUSAGE ${name} is not a number of elements: expected a number`,
          )
          assert.match(
            errorOf(() => window.writeBlock(0, 8, wrong)).message,
            /^the data of a writeBlock: expected a Uint8Array, not /,
          )
          assert.equal(errorOf(() => window.wait32(0, wrong)).code, 'EUSAGE')
          if (wrong === undefined) continue // As good as left out.
          assert.match(
            errorOf(() => window.readBlock(0, 8, 1, wrong)).message,
            /^stepping: expected increment or fixed, not .*$/,
          )
        }
      })
    },
  },
  {
    name: 'refuses offsets that are outside or misaligned, in hexadecimal',
    check(subject) {
      const { window } = subject
      const last = window.length
      const outside = (offset: string, width: number, wrong = 'not inside the window') => {
        const most = `0x${(last - width / 8).toString(16)}`
        return `ERANGE offset ${offset} is ${wrong}: ${withArticle(`${width}-bit access`)} needs 0x0 to ${most}`
      }
      const hexLast = `0x${last.toString(16)}`
      unchanged(subject, () => {
        assertSaid(() => window.read32(last), outside(hexLast, 32))
        assertSaid(() => window.write8(last, 1), outside(hexLast, 8))
        assertSaid(() => window.write64(2 ** 40, 1n), outside('0x10000000000', 64))
        assertSaid(() => window.update16(-2, 1, 1), outside('-2', 16))
        assertSaid(() => window.write32(Number.NaN, 1), outside('NaN', 32, 'no whole number'))
        assertSaid(() => window.write32(1.5, 1), outside('1.5', 32, 'no whole number'))
        assertSaid(() => window.wait32(last, { equals: 1 }), outside(hexLast, 32))
        assertSaid(() => window.readBlock(last - 4, 32, 2), outside(hexLast, 32))
        const four = new Uint8Array(4)
        assertSaid(() => window.writeBlock(-1, 8, four), outside('-1', 8))
        for (const [width, offset] of [
          [16, 3],
          [32, 2],
          [64, 4],
        ] as const) {
          const wide = `a ${width}-bit access would not be one access`
          const said = `EALIGN ${at(subject, offset)} is not a multiple of ${width / 8}: ${wide}`
          assertSaid(() => window[`read${width}`](offset), said)
          assertSaid(() => window[`write${width}`](offset, untyped(1n)), said)
          assertSaid(() => window.readBlock(offset, width, 1), said)
        }
      })
      const { data } = errorOf(() => window.write32(2, 1))
      const place = { address: window.address + 2, offset: 2 }
      assert.deepEqual(data, { ...place, width: 32, direction: 'write' })
    },
  },
  {
    name: 'refuses values, masks and times that cannot be meant',
    check(subject) {
      const { window } = subject
      const late = (came: string) => `ERANGE a time-out in milliseconds of ${came}: expected 0 to`
      const refused: [() => unknown, string][] = [
        [() => window.write8(0, 256), 'EVALUE the value 0x100 does not fit in 8 bits'],
        [() => window.write8(0, -129), 'EVALUE the value -129 does not fit in 8 bits'],
        [() => window.write16(0, 0x12345), 'EVALUE the value 0x12345 does not fit in 16 bits'],
        [() => window.write32(0, 2 ** 32), 'EVALUE the value 0x100000000 does not fit in 32 bits'],
        [() => window.write32(0, 0.5), 'EVALUE the value 0.5 is not a whole number'],
        [
          () => window.write64(0, -2),
          'EVALUE the value -2 is a negative number, which has 32 bits: expected a bigint, such as -2n',
        ],
        [
          () => window.update32(0, 2 ** 32, 5),
          'EVALUE the mask 0x100000000 does not fit in 32 bits',
        ],
        [() => window.update8(0, 1, 256), 'EVALUE the value 0x100 does not fit in 8 bits'],
        [() => window.update16(0, -0x1_0001, 1), 'EVALUE the mask -65537 does not fit in 16 bits'],
        [() => window.update32(0, Number.NaN, 5), 'EVALUE the mask NaN is not a whole number'],
        [
          () => window.wait32(0, { mask: 1, equals: 2 }),
          'EVALUE the value to wait for 0x2 has bits outside the mask 0x1: the condition would never be true',
        ],
        [() => window.wait32(0, { equals: 1, timeoutMs: -5 }), `${late('-5')} 86400000`],
        [() => window.wait32(0, { equals: 1, timeoutMs: Number.NaN }), `${late('NaN')} 86400000`],
        [
          () => window.readBlock(0, untyped(24), 4),
          'EWIDTH a width of 24 bits: expected 8, 16, 32 or 64',
        ],
        [
          () => window.readBlock(0, 32, 0),
          'ERANGE a block of 0 elements: expected 1 to 4294967295',
        ],
        [
          () => window.writeBlock(0, 32, new Uint8Array(6)),
          'EALIGN 6 bytes cannot be written in pieces of 32 bits: expected a multiple of 4',
        ],
      ]
      unchanged(subject, () => {
        for (const [act, message] of refused) assertSaid(act, message)
      })
      const { data } = errorOf(() => window.write8(8, 0x100))
      assert.deepEqual(data, { address: window.address + 8, offset: 8, width: 8, value: 0x100 })
    },
  },
  {
    name: 'stores nothing where it is mapped for reading, and loads nothing for an update',
    check({ window, reading }) {
      window.write32(0, 0x1234)
      assert.deepEqual([reading.read32(0), reading.writable], [0x1234, false])
      const refused = `EREADONLY ${reading.name} was opened for reading only`
      for (const act of [
        () => reading.write8(0, 1),
        () => reading.write32(0, 1),
        () => reading.write64(0, 1n),
        () => reading.update8(0, 1, 1),
        () => reading.update16(0, 1, 1),
        () => reading.update32(0, 1, 1),
        () => reading.update64(0, 1n, 1n),
        () => reading.writeBlock(0, 8, new Uint8Array(1)),
      ]) {
        assertSaid(act, refused)
        assert.equal(errorOf(act).data.direction, 'write')
      }
      assert.equal(window.read32(0), 0x1234)
    },
  },
]
