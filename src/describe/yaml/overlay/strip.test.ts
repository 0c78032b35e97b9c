import { describe, expect, it } from 'vitest'
import { names, patched } from '../testing/chip.ts'
import { blockOf, issuesOf, registerOf } from '../testing/text.ts'

describe('applyOverlay', () => {
  it('strips names', () => {
    const made = patched(
      'UART0:\n  _strip: UART_\n  UART_CR: {}\n  CR: { _strip: [UART_], _strip_end: [E] }',
    )
    expect(names(blockOf(made, 'UART1').children)).toEqual(['CR', 'FR', 'DR'])
    expect(names(registerOf(made, 'UART0.CR').fields)).toEqual(['TX', 'RX', 'MOD'])
    expect(issuesOf(made)).toEqual([
      '3:3 error unmatched UART0: no register is "UART_CR"',
      '3:3 error unmatched UART1: no register is "UART_CR"',
    ])
  })
})
