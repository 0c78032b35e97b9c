import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseWithin } from './within.ts'

describe('parseWithin', () => {
  it.each([
    ['bar5', [{ region: { kind: 'bar', index: 5 } }]],
    ['reg1', [{ region: { kind: 'reg', index: 1 } }]],
    ['frame/reg0', [{ region: { kind: 'reg', index: 0, child: 'frame' } }]],
    ['config', [{ region: { kind: 'config' } }]],
    ['virtio3', [{ region: { kind: 'virtio', structure: 3 } }]],
    [
      'bar0+[0:8] reg0+[16:32]',
      [
        { region: { kind: 'bar', index: 0 }, behind: { offset: 0, width: 8 } },
        { region: { kind: 'reg', index: 0 }, behind: { offset: 16, width: 32 } },
      ],
    ],
  ])('takes %s', (text, expected) => {
    expect(parseWithin(text)).toEqual(expected)
  })

  const expected =
    'expected bar0, reg1, frame/reg0 (of the children named frame), config, virtio1, or one with an offset that the device says, bar0+[0:8]'
  it.each([
    ['', `"" is not a place in a device: ${expected}`],
    ['bar', `"bar" is not a place in a device: ${expected}`],
    ['bar0  reg0', `"" is not a place in a device: ${expected}`],
    ['bar10', `"bar10" is not a place in a device: ${expected}`],
    ['bar0+4', `"bar0+4" is not a place in a device: ${expected}`],
    ['bar0+[0:12]', '"bar0+[0:12]": expected 8, 16, 32 or 64 bits, got 12'],
  ])('refuses %j', (text, message) => {
    expect(() => parseWithin(text)).toThrow(
      expect.objectContaining({ name: 'RequestError', code: 'ESYNTAX', message }),
    )
  })

  it('takes or refuses whatever it is given', () => {
    const word = fc.constantFrom(
      'bar',
      'reg',
      'virtio',
      'config',
      '0',
      '9',
      '+[',
      ':',
      ']',
      '/',
      ' ',
    )
    fc.assert(
      fc.property(fc.array(word, { maxLength: 12 }), (words) => {
        try {
          expect(parseWithin(words.join('')).length).toBeGreaterThan(0)
        } catch (error) {
          expect(error).toMatchObject({ code: 'ESYNTAX' })
        }
      }),
    )
  })
})
