import { describe, expect, it } from 'vitest'
import { names, patched } from '../testing/chip.ts'
import { issuesOf, registerOf } from '../testing/text.ts'

describe('applyOverlay', () => {
  it('applies what a file includes before what it says itself, also for a part', () => {
    const made = patched(
      '_include: [all.yaml]\nUART0: { _include: uart.yaml, UART_CR: { _delete: [B] } }',
      {
        'all.yaml': 'GPIOA: { _modify: { MODER: { description: from all } } }',
        'uart.yaml': '_include: inner.yaml\nUART_CR: { _add: { B: { bits: 30 } } }',
        'inner.yaml': 'UART_CR: { _modify: { RXE: { name: A } } }',
      },
    )
    expect(registerOf(made, 'GPIOA.MODER').description).toBe('from all')
    expect(issuesOf(made)).toEqual([])
    expect(names(registerOf(made, 'UART0.UART_CR').fields)).toEqual(['UART_TXE', 'A', 'MODE'])
  })

  it('ends where files include themselves, or each other', () => {
    const others = {
      'fix.yaml': '_include: [fix.yaml, b.yaml]',
      'b.yaml': '_include: [fix.yaml, fix.yaml]',
    }
    const { issues } = patched('_include: [fix.yaml, b.yaml]', others)
    expect(issues.some(({ code }) => code === 'include')).toBe(true)
  })
})
