import { describe, expect, it } from 'vitest'
import { checkOptions, type OptionKinds, shown, unknownOption } from './options.ts'

interface Options {
  mode?: 'read' | 'write'
  width?: 8 | 16
  length?: number
  force?: boolean
  mask?: number | bigint
  signal?: AbortSignal
  data?: Uint8Array
}

const KINDS: OptionKinds<Options> = {
  mode: ['read', 'write'],
  width: [8, 16],
  length: 'number',
  force: 'boolean',
  mask: 'value',
  signal: 'AbortSignal',
  data: 'Uint8Array',
}

const check = (given: unknown) => checkOptions<Options>('make', given, KINDS, '{ length: 4 }')

describe('options', () => {
  it('are taken as they are meant, and undefined as left out', () => {
    check({})
    check({ mode: 'read', width: 8, length: 4, force: false, mask: 1n, data: Buffer.alloc(1) })
    check({ mask: 1, signal: AbortSignal.timeout(1), mode: undefined })
  })

  it.each([
    [null, 'make takes an object such as { length: 4 }, not null'],
    ['file:x', 'make takes an object such as { length: 4 }, not "file:x"'],
    [{ lenght: 4 }, 'make has no option lenght: did you mean length?'],
    [{ f: true }, 'make has no option f: did you mean force?'],
    [
      { zzz: undefined },
      'make has no option zzz: there are mode, width, length, force, mask, signal, data',
    ],
    [{ mode: 'ro' }, 'mode: expected read or write, not "ro"'],
    [{ mode: 1 }, 'mode: expected a string, not 1'],
    [{ width: 12 }, 'width: expected 8 or 16, not 12'],
    [{ width: '8' }, 'width: expected a number, not "8"'],
    [{ length: '4' }, 'length: expected a number, not "4"'],
    [{ force: 1 }, 'force: expected a boolean, not 1'],
    [{ mask: '1' }, 'mask: expected a number or a bigint, not "1"'],
    [{ signal: {} }, 'signal: expected an AbortSignal, not an object'],
    [{ data: [1] }, 'data: expected a Uint8Array, not an array'],
  ])('%j are refused', (given, message) => {
    expect(() => check(given)).toThrow(expect.objectContaining({ code: 'EUSAGE', message }))
  })
})

describe('an option that there is not', () => {
  it.each([
    ['ms', ['us'], 'a delay has no member ms: there are us'],
    ['timeoutUs', ['timeoutMs'], 'a delay has no member timeoutUs: there are timeoutMs'],
    ['timeoutMS', ['timeoutMs'], 'a delay has no member timeoutMS: did you mean timeoutMs?'],
  ])('%s is suggested no other unit', (name, names, message) => {
    expect(unknownOption('a delay', name, names, 'member').message).toBe(message)
  })
})

it.each([
  [new Uint32Array(1), 'a Uint32Array'],
  [new Map(), 'a Map'],
  [{}, 'an object'],
  ['x'.repeat(100), `"${'x'.repeat(39)}…${'x'.repeat(39)}"`],
])('what came is shown as what it is', (came, text) => {
  expect(shown(came)).toBe(text)
})
