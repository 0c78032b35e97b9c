import assert from 'node:assert/strict'
import { inspect } from 'node:util'
import { assertSaid, at, errorOf, type WindowCase, type WindowSubject } from './case.ts'

const noFault = ({ faultOffset }: WindowSubject) =>
  faultOffset === undefined ? 'no offset is known to fault' : undefined

/** What fails, and what is left after close. */
export const endCases: readonly WindowCase[] = [
  {
    name: 'turns what fails into an error that says where and why, and goes on',
    skip: noFault,
    check(subject) {
      const { window, faultOffset: offset = 0 } = subject
      const place = { address: window.address + offset, offset }
      for (const [direction, act] of [
        ['read', () => window.read32(offset)],
        ['write', () => window.write32(offset, 1)],
        ['read', () => window.update32(offset, 1, 1)],
        ['read', () => window.wait32(offset, { equals: 0 })],
      ] as const) {
        for (let round = 0; round < 3; round++) {
          const { code, message, data } = errorOf(act)
          const { reason, ...rest } = data
          assert.equal(code, 'EFAULT_BUS')
          assert.equal(typeof reason, 'string')
          assert.equal(
            message,
            `32-bit ${direction} at ${at(subject, offset)} failed: ${String(reason)}`,
          )
          assert.deepEqual(rest, { ...place, width: 32, direction })
          window.write32(offset - 4, round)
          assert.equal(window.read32(offset - 4), round)
        }
      }
    },
  },
  {
    name: 'says how far a block came',
    skip: noFault,
    check(subject) {
      const { window, faultOffset: offset = 0 } = subject
      for (const [direction, verb, act] of [
        ['read', 'read', () => window.readBlock(offset - 8, 32, 4)],
        ['write', 'written', () => window.writeBlock(offset - 8, 32, new Uint8Array(16))],
      ] as const) {
        const { code, message, data } = errorOf(act)
        assert.deepEqual([code, data.elementsDone], ['EFAULT_BUS', 2])
        assert.deepEqual([data.address, data.offset], [window.address + offset, offset])
        assert.equal(
          message,
          `32-bit ${direction} at ${at(subject, offset)} failed: ${String(data.reason)}; 2 of 4 elements were ${verb}`,
        )
      }
    },
  },
  {
    name: 'has the caller in the stack of every error',
    check({ window, faultOffset }) {
      const failing = [() => window.read32(1), () => window.wait32(0, { mask: 0, equals: 1 })]
      if (faultOffset !== undefined) failing.push(() => window.read32(faultOffset))
      for (const act of failing) {
        const callsTheWindow = () => act()
        assert.match(String(errorOf(callsTheWindow).stack), /callsTheWindow/)
      }
    },
  },
  {
    name: 'shows nothing of its memory when it is printed',
    check({ window }) {
      window.write32(0, 0x5ead_beef)
      const shown = inspect(window, { showHidden: true, depth: 2 })
      assert.ok(!/5eadbeef/i.test(shown) && !shown.includes(String(0x5ead_beef)))
      assert.deepEqual(Object.keys(window).sort(), ['address', 'length', 'name', 'writable'])
    },
  },
  {
    name: 'is not used after close, which may be called twice',
    check({ window, reading }) {
      reading.close()
      window.close()
      window.close()
      for (const act of [
        () => window.read8(0),
        () => window.read32(0),
        () => window.read64(0),
        () => window.write16(0, 1),
        () => window.write64(0, 1n),
        () => window.update32(0, 1, 1),
        () => window.wait8(0, { equals: 0 }),
        () => window.readBlock(0, 8, 1),
        () => window.writeBlock(0, 8, new Uint8Array(1)),
        () => window.fence(),
      ]) {
        assertSaid(act, `ECLOSED ${window.name} is closed`)
      }
    },
  },
]
