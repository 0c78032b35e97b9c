import { expect, it } from 'vitest'
import { withArticle } from './article.ts'

it('is an before a vowel that is heard', () => {
  const nouns = ['read step', 'update step', 'Uint8Array', '8-bit access', 'ADDRESS', 'VALUE']
  expect(nouns.map(withArticle)).toEqual([
    ...['a read step', 'an update step', 'a Uint8Array', 'an 8-bit access'],
    ...['an ADDRESS', 'a VALUE'],
  ])
})
