/** An overlay in the manner of those for STM32, over a vendor's file of 4.1 MB. */
import { describe, expect, it } from 'vitest'
import { readSvd } from '../../svd/read.ts'
import { corpusFile, hasCorpus } from '../../testing/corpus.ts'
import { blockOf, complete, fieldOf, registerOf, sourceOf } from '../testing/text.ts'
import { applyOverlay } from './device.ts'

const OVERLAY = `
_svd: STM32H7A3x.svd
"TIM*":
  CR1:
    CEN: { Disabled: [0, "Counter disabled"], Enabled: [1, "Counter enabled"] }
  "?~SR": { safe: true }
"GPIO*":
  MODER: { _array: { "MODE*": {} } }
"USART*,UART*":
  RDR: { readAction: modify }
  "?~ICR": { "*": { _W1C: { Clear: [1, "Clears the flag"] } } }
`

describe.skipIf(!hasCorpus('svd'))('an overlay over the file of a vendor', () => {
  it('changes what it names, also where it is derived, and nothing else', () => {
    const base = readSvd(corpusFile('svd', 'STM32H7A3x.svd'))
    const made = complete(applyOverlay(base, sourceOf(OVERLAY, 'h7.yaml')))
    expect(made.issues.filter(({ file }) => file === 'h7.yaml')).toEqual([])
    for (const { name } of made.device.blocks.filter((block) => block.name.startsWith('GPIO'))) {
      const moder = blockOf(made, name).children.find((one) => one.name.endsWith('MODER'))
      expect(moder?.kind === 'register' && moder.fields).toMatchObject([
        { name: 'MODE%s', lsb: 0, width: 2, repeat: { count: 16, stride: 2 } },
      ])
    }
    const [enumeration] = fieldOf(made, 'TIM2.CR1', 'CEN').enumerations ?? []
    expect(enumeration?.values.map(({ name }) => name)).toEqual(['Disabled', 'Enabled'])
    expect(registerOf(made, 'USART1.RDR').readEffect).toBe('modify')
    expect(blockOf(made, 'RCC').children).toBe(blockOf(base, 'RCC').children)
  })
})
