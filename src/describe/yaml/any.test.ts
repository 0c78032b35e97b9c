import fc from 'fast-check'
import { describe, it } from 'vitest'
import { expectRead, textsOf } from './testing/any-text.ts'
import { EXAMPLE } from './testing/example.ts'
import { read } from './testing/text.ts'

describe('readYaml', () => {
  it('takes any text: an error or a description', () => {
    const texts = textsOf(
      [
        ...'blocks registers fields offset is count values bits regions kind'.split(' '),
        ...['- ', '&a ', '*a', "'", '#', '|', '>', '<<', '? ', '!x ', '\u0000', '\r', '\t'],
        ...['7:0', '-1', '0x', '4G', '[%s]', '__proto__'],
      ],
      40,
    )
    fc.assert(
      fc.property(texts, (text) => expectRead(() => read(text))),
      { numRuns: 1000 },
    )
  })

  it('takes an example with any of its letters changed', () => {
    const letter = fc.constantFrom(...' \n:{}[],"\'&*-0x9%aA_#|>', '')
    const change = fc.tuple(fc.nat(EXAMPLE.length), fc.nat(12), letter)
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
        let text = EXAMPLE
        for (const [at, length, one] of changes)
          text = text.slice(0, at) + one + text.slice(at + length)
        expectRead(() => read(text))
      }),
      { numRuns: 500 },
    )
  })
})
