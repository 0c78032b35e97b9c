/** A description with all that the form has. */
export const EXAMPLE = `
name: chip
description: An example
vendor: Example Ltd
version: 1.2
endian: big
bus-width: 32
enumerations:
  OnOff: { off: 0, on: [1, It works] }
field-sets:
  Irqs: { TX: 5, RX: 4 }
blocks:
  uart:
    description: A serial port
    source: DDI 0183, section 3.3
    compatible: ["arm,pl011", 'arm,sbsa-uart']
    pci: 8086:100E
    class: 0700
    acpi: ARMH0011
    within: bar0
    size: 4k
    registers:
      DR: { offset: 0, on-read: modify, fields: { DATA: 7:0 } }
      FR:
        offset: 0x18
        width: 16
        access: ro
        reset: 0x90
        safe: true
        fields:
          TXFE: 7
          RXFE: [4, Nothing to read]
          MODE: { bits: 2:1, values: { slow: 0, fast: 0b1x, odd: other } }
          BUSY: { bits: 3, values: OnOff, access: read-only }
      IMSC: { offset: 0x20, fields: Irqs }
      ICR: { offset: 0x28, access: write-only, on-write: one-to-clear, fields: [Irqs, { ALL: 31 }] }
      FIFO: { offset: 0x40, count: 4 }
      CH:
        offset: 0x100
        names: [A, B]
        stride: 0x40
        registers: { ADDR: 0, LEN: { offset: 4, writes: [1, 64] } }
  uart0: { is: uart, base: 0x9000_0000, registers: { FR: { reset: 0x80 }, EXTRA: 0x80 } }
`
