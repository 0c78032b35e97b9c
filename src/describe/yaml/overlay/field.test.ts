import { describe, expect, it } from 'vitest'
import { patched } from '../testing/chip.ts'
import { fieldOf, issuesOf, registerOf } from '../testing/text.ts'

describe('applyOverlay', () => {
  it('gives values names, and effects', () => {
    const made = patched(`
UART0:
  UART_CR:
    MODE:
      Slow: [0, "Takes its time"]
      Fast: [1, "Hurries"]
      Other: [-1, "Neither"]
    UART_TXE: [0, 1]
    RXE: { _W1C: { Clear: [1, "Clears it"] }, _read: { Idle: [0, "Nothing"] } }
  UART_FR:
    safe: true
    TXFE: { _replace_enum: { Empty: [1, ""] } }
  UART_DR: { readAction: modify, modifiedWriteValues: modify }
`)
    expect(issuesOf(made)).toEqual([])
    expect(fieldOf(made, 'UART0.UART_CR', 'MODE').enumerations).toEqual([
      {
        usage: 'read-write',
        values: [
          { name: 'Slow', description: 'Takes its time', value: 0n },
          { name: 'Fast', description: 'Hurries', value: 1n },
          { name: 'Other', description: 'Neither' },
        ],
      },
    ])
    expect(fieldOf(made, 'UART0.UART_CR', 'UART_TXE').writeConstraint).toEqual({
      ...{ kind: 'range', minimum: 0n, maximum: 1n },
    })
    expect(fieldOf(made, 'UART0.UART_CR', 'RXE')).toMatchObject({
      writeEffect: 'one-to-clear',
      enumerations: [{ usage: 'write' }, { usage: 'read' }],
    })
    expect(registerOf(made, 'UART0.UART_FR').readEffect).toBe('none')
    expect(fieldOf(made, 'UART1.UART_FR', 'TXFE').enumerations).toEqual([
      { usage: 'read-write', values: [{ name: 'Empty', value: 1n }] },
    ])
    expect(registerOf(made, 'UART0.UART_DR')).toMatchObject({
      readEffect: 'modify',
      writeEffect: 'modify',
    })
  })

  it('calls a whole block safe where nothing else is known', () => {
    const made = patched('UART0: { safe: true }')
    expect(registerOf(made, 'UART0.UART_DR').readEffect).toBe('none')
    expect(registerOf(made, 'UART0.UART_FR').readEffect).toBe('modify')
  })
})
