import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { WIDTHS } from '../../base/width.ts'
import { BusFault } from '../../memory/interpreter.ts'
import { Malformed } from '../bytes.ts'
import { leavingOf } from './leaving.ts'
import { examination, examined, isBigEndian, isNothing, statusOf, versionOf } from './monitor.ts'

describe('an examination of QEMU’s monitor', () => {
  it.each([
    [8, 'xp /1bx 0x9000018', '0000000009000018: 0x90\r\n', 0x90],
    [16, 'xp /1hx 0x9000018', '0000000009000018: 0x0090\r\n', 0x90],
    [32, 'xp /1wx 0x9000018', '0000000009000018: 0x00000090\r\n', 0x90],
    [64, 'xp /1gx 0x9000018', '0000000009000018: 0xffffffff00000090\r\n', 0xffff_ffff_0000_0090n],
  ] as const)('of %i bits', (width, line, said, value) => {
    expect(examination(0x900_0018, width)).toBe(line)
    expect(examined(said, 0x900_0018, width)).toBe(value)
  })

  it('where nothing is', () => {
    const said = '0000007000000000: Cannot access memory\r\n'
    expect(() => examined(said, 0x70_0000_0000, 32)).toThrow(BusFault)
  })

  it.each([
    ['', 'no value of the address that was asked for'],
    ['unknown command: xp', 'no value of the address that was asked for'],
    [
      '0000000009000018: 0x90\n0000000009000019: 0x00\n',
      'no value of the address that was asked for',
    ],
    ['000000000900001c: 0x00000090\r\n', 'no value of the address that was asked for'],
    ['0000000009000018: 0x0090\r\n', 'a value of another width'],
  ])('is not %j', (said, why) => {
    expect(() => examined(said, 0x900_0018, 32)).toThrow(new Malformed(why))
  })

  it('of any text is a value, a fault or Malformed', () => {
    const piece = fc.constantFrom(
      '0000000000000010',
      ': ',
      '0x',
      '12',
      '\r\n',
      'Cannot access memory',
    )
    const said = fc.oneof(
      fc.string(),
      fc.array(piece).map((all) => all.join('')),
    )
    fc.assert(
      fc.property(said, fc.constantFrom(...WIDTHS), (text, width) => {
        try {
          const value = BigInt(examined(text, 16, width))
          expect(value < 1n << BigInt(width)).toBe(true)
        } catch (error) {
          expect(error instanceof BusFault || error instanceof Malformed).toBe(true)
        }
      }),
    )
  })

  it('says what else there is', () => {
    expect(isNothing('No memory is mapped at address 0x7000000000\r\n')).toBe(true)
    expect(isNothing('Memory at address 0x9000018 is not RAM\r\n')).toBe(false)
    expect(isNothing("unknown command: 'gpa2hva'\r\n")).toBe(false)
    expect(isNothing(undefined)).toBe(false)
    expect(statusOf('VM status: paused (prelaunch)\r\n')).toBe('paused (prelaunch)')
    expect(statusOf('VM status: \x1b[0m')).toBeUndefined()
    expect(versionOf('7.2.22Debian 1:7.2\r\n')).toEqual([7, 2, 22])
    expect(versionOf('seven')).toBeUndefined()
    expect([isBigEndian('s390x'), isBigEndian('aarch64')]).toEqual([true, false])
  })
})

describe('a machine is left', () => {
  const signs = {
    asked: undefined,
    hasStopped: false,
    status: 'paused',
    version: [7, 2, 22],
  } as const
  it.each([
    ['stopped', 'it was stopped before', {}],
    ['running', 'it ran before', { hasStopped: true }],
    ['stopped', 'as the target says', { hasStopped: true, asked: 'stopped' }],
    ['running', 'as the target says', { asked: 'running' }],
    [
      'stopped',
      'it was paused (prelaunch) before',
      { status: 'paused (prelaunch)', version: [9, 0, 0] },
    ],
    ['running', 'it runs', { status: 'running' }],
    ['stopped', 'it was stopped before', { version: [8, 0, 5] }],
    ['running', 'whether it ran before is not known', { version: [8, 1, 0] }],
    ['running', 'whether it ran before is not known', { status: undefined, version: undefined }],
  ] as const)('%s: %s', (how, because, more) => {
    expect(leavingOf({ ...signs, ...more })).toEqual({ how, because })
  })
})
