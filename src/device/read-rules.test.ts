import { describe, expect, it } from 'vitest'
import { skippedSentence, suspectName, warningOfRead, whyNotInBulk } from './read-rules.ts'
import { registerOf } from './testing/registers.ts'

describe('a register that is read with others', () => {
  it.each([
    ['R: 0', undefined],
    ['R: { offset: 0, access: write-only }', 'it is write-only'],
    ['R: { offset: 0, on-read: clear }', 'reading clears it'],
    ['R: { offset: 0, on-read: external }', 'reading changes something else'],
    ['R: { offset: 0, fields: { A: { bits: 0, on-read: clear } } }', 'reading clears A'],
    ['DR: 0', 'DR is a name of what a read takes from'],
    ['DR: { offset: 0, safe: true }', undefined],
  ])('%s', (text, why) => {
    expect(whyNotInBulk(registerOf(text))?.text).toBe(why)
  })

  it.each([
    ['R: { offset: 0, width: 16 }', undefined],
    ['R: { offset: 0, width: 32 }', 'it is not at a multiple of 4 bytes'],
    ['DR: 0', 'DR is a name of what a read takes from'],
  ])('lies where it can be loaded: %s two bytes on', (text, why) => {
    const register = registerOf(text)
    const place = { scheme: 'address', offset: 0x1002 } as const
    expect(whyNotInBulk({ ...register, place })?.text).toBe(why)
  })

  it('is suspect by its name', () => {
    const names = ['DR', 'RBR', 'RXD', 'RX_DATA', 'FIFO', 'TXFIFO', 'RX_FIFO_DATA', 'IAR', 'POP']
    const more = [
      'INT_ACK',
      'RXDATA',
      'UARTDR',
      'SSPDR',
      'IC_DATA_CMD',
      'EOI',
      'RDR',
      'GICC_IAR',
      'FIFO1',
    ]
    const suspect = [...names, ...more].filter((name) => suspectName(registerOf(`${name}: 0`)))
    expect(suspect).toEqual([...names, ...more])
    const others = ['CR', 'FR', 'ADDR', 'IDR', 'ODR', 'DIR', 'FIFO_STATUS', 'FIFOLVL', 'PACKET']
    expect(others.filter((name) => suspectName(registerOf(`${name}: 0`)))).toEqual([])
  })

  it('is not touched while its device sleeps, and is warned of', () => {
    const asleep = { ...registerOf('R: 0'), asleep: 'it is suspended (power/runtime_status)' }
    expect(whyNotInBulk(asleep)).toEqual({
      ...{ rule: 'asleep', text: 'it is suspended (power/runtime_status)' },
    })
    expect(warningOfRead(asleep)).toBe(
      'X.R: it is suspended (power/runtime_status), and an access may never end',
    )
  })

  it('is counted by the rule that left it out', () => {
    const skipped = ['A: { offset: 0, access: write-only }', 'DR: 0'].map((text) => {
      const register = registerOf(text)
      return { register, reason: whyNotInBulk(register) ?? { rule: 'effect' as const, text: '' } }
    })
    expect(skippedSentence(skipped)).toBe(
      '2 registers were not read: X.A (write-only); X.DR (by the name a read may take something, and nothing is said of it)',
    )
    expect(skippedSentence([])).toBeUndefined()
  })
})
