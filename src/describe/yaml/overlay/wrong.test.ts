import { describe, expect, it } from 'vitest'
import { patched } from '../testing/chip.ts'
import { issuesOf } from '../testing/text.ts'

describe('applyOverlay', () => {
  it.each([
    ['SPI: {}', '1:1 error unmatched : no block is "SPI"'],
    ['UARTT0: {}', '1:1 error unmatched : no block is "UARTT0": did you mean "UART0"?'],
    ['?~UART9: {}', undefined],
    ['_modfy: {}', '1:1 error unknown-key : unknown change "_modfy": did you mean "_modify"?'],
    ['UART0: []', '1:8 error value UART0: UART0: expected a mapping, got a list'],
    [
      'DMA: { ISR: { _megre: [A] } }',
      '1:15 error unknown-key DMA.ISR: unknown change "_megre": did you mean "_merge"?',
    ],
    [
      'DMA: { CR: { _merge: ["EN*"] } }',
      '1:22 error collect DMA.CR: _merge: EN1 does not begin where the one before it ends',
    ],
    [
      'DMA: { CR: { _add: { X: { bits: 2 } } } }',
      '1:12 warning fields-overlap DMA.CR.X: this overlay makes it overlap EN1',
    ],
    [
      'DMA: { _modify: { CR: { size: 4 } } }',
      '1:31 error field-beyond-register DMA.CR: width: its field EN2 has bits beyond',
    ],
    [
      'DMA: { CR: { _modify: { DIR: { bitOffset: 40 } } } }',
      '1:43 error field-beyond-register DMA.CR.DIR: bits: bit 40 does not exist: the register has bits 0 to 31',
    ],
    [
      'DMA: { CR: { DIR: { Up: [2, "x"] } } }',
      '1:25 error value-too-wide DMA.CR.DIR.Up: 2 does not fit in the one bit of the field',
    ],
    [
      'DMA: { CR: { DIR: text } }',
      '1:19 error value DMA.CR.DIR: expected names of values such as { Fast: [2, "Text"] }, got "text"',
    ],
    [
      'DMA: { _add: { CR: { addressOffset: 0 } } }',
      '1:16 error duplicate-name DMA: _add: there is "CR" already',
    ],
    [
      'DMA: { _array: { "C*[12]": {} } }',
      '1:18 error collect DMA: C*[12]: CCR2 is not as far after the one before it as CNDTR1 is',
    ],
    [
      'DMA: { _array: { "CCR1,CCR2": {} } }',
      '1:18 error collect DMA: CCR1,CCR2: a pattern such as CH*, with what differs in the place of the *, is needed',
    ],
    ['DMA: { CR: { _array: { "EN*": {}, "DI*": {} } } }', undefined],
    [
      'DMA: { _cluster: { CH: { "CCR*": {}, "CR": {} } } }',
      '1:20 error collect DMA: _cluster CH: CR and those like it repeat differently from CCR1',
    ],
    [
      '_copy: { X: { from: "other.svd:Y" } }',
      '1:21 error unsupported X: from: a block of another file cannot be copied: only one of this description',
    ],
    ['_include: none.yaml', '1:11 error include : _include: there is no file none.yaml'],
    ['[]', '1:1 error value : expected an overlay, a mapping from names to changes, got a list'],
  ])('says what is wrong: %s', (overlay, issue) => {
    expect(issuesOf(patched(overlay)).slice(0, 1)).toEqual(issue === undefined ? [] : [issue])
  })
})
