import { describe, expect, it } from 'vitest'
import { joined, sentence, shell } from './cure.ts'

const line = shell('modprobe msr')

describe('a cure', () => {
  it('is a text where it is words alone', () => {
    expect(sentence`unbind ${'it'}, or ${sentence`boot`}`).toBe('unbind it, or boot')
    expect(joined(['unbind it', 'boot'], '; or ')).toBe('unbind it; or boot')
  })

  it('keeps command lines apart from words', () => {
    expect(sentence`load it: ${line}`).toEqual(['load it: ', line])
    expect(sentence`${line}`).toEqual([line])
    expect(sentence`${{ inOrder: [line, { act: 'load the module' }] }}, or boot`).toEqual([
      { inOrder: [line, { act: 'load the module' }] },
      ', or boot',
    ])
  })

  it('may be a part of another, whose words join its own', () => {
    const load = sentence`load it (${line})`
    expect(sentence`${load}; or boot`).toEqual(['load it (', line, '); or boot'])
    expect(joined([load, 'boot'], '; or ')).toEqual(['load it (', line, '); or boot'])
  })
})
