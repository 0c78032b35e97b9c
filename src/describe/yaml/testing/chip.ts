import type { Description } from '../../model.ts'
import { applyOverlay } from '../overlay/device.ts'
import { readYaml } from '../read.ts'
import { complete, sourceOf } from './text.ts'

/** What the overlays of the tests change. */
export const CHIP = `
name: chip
blocks:
  UART0:
    base: 0x1000
    registers:
      UART_CR: { offset: 0, fields: { UART_TXE: 8, RXE: 9, MODE: 6:4 } }
      UART_FR: { offset: 4, on-read: modify, fields: { TXFE: { bits: 7, values: { a: 0, b: 1 } } } }
      UART_DR: 8
  UART1: { is: UART0, base: 0x2000 }
  DMA:
    base: 0x3000
    registers:
      ISR: 0
      CCR1: 0x10
      CNDTR1: 0x14
      CCR2: 0x20
      CNDTR2: 0x24
      CCR3: 0x30
      CNDTR3: 0x34
      CR: { offset: 0x40, fields: { EN0: 0, EN1: 2, EN2: 4, DIR: 7 } }
  GPIOA: { base: 0x4000, registers: { MODER: 0 } }
  GPIOB: { base: 0x5000, registers: { MODER: 0 } }
`

/** The chip with an overlay, beside which the other files are. */
export function patched(overlay: string, others: Record<string, string> = {}): Description {
  return complete(applyOverlay(readYaml(sourceOf(CHIP)), sourceOf(overlay, 'fix.yaml', others)))
}

export function names(parts: readonly { name: string }[]): string[] {
  return parts.map(({ name }) => name)
}
