/**
 * The board behind `sim:` with no file: a small system on a chip. It is the example of
 * docs/simulated-board.md, and the addresses are those of the examples everywhere.
 */
export const defaultBoard = `name: demo
description: A small system on a chip, with one register of every behaviour

enumerations:
  Empty: { filled: 0, empty: 1 }
  Full: { room: 0, full: 1 }

field-sets:
  Interrupts:
    DONE: [0, The work is done]
    SOFT: [3:1, Set by INT_FORCE alone]

regions:
  boot:
    kind: rom
    base: 0x0
    size: 64k
    fill: 0xff
    text: "physmem demo board, boot ROM\\n"

  uart0:
    kind: device
    description: Serial port, after the Arm PL011 (DDI 0183)
    source: Arm DDI 0183, chapter 3
    base: 0x0900_0000
    size: 4k
    widths: [8, 16, 32]
    registers:
      DR: { offset: 0x000, kind: console, description: Data, fields: { DATA: 7:0 } }
      FR:
        offset: 0x018
        kind: read-only
        description: "Flags: bit 7 TXFE, bit 5 TXFF, bit 4 RXFE"
        reset: 0x80
        live: { 4: DR.empty }
        fields:
          CTS: [0, Clear to send]
          DSR: [1, Data set ready]
          DCD: [2, Data carrier detect]
          BUSY: [3, Sending]
          RXFE: { bits: 4, description: Receive FIFO empty, values: Empty }
          TXFF: { bits: 5, description: Transmit FIFO full, values: Full }
          RXFF: { bits: 6, description: Receive FIFO full, values: Full }
          TXFE: { bits: 7, description: Transmit FIFO empty, values: Empty }
          RI: [8, Ring indicator]
      IBRD:
        { offset: 0x024, kind: read-write, writable: 0xffff, description: "Baud rate, whole part", fields: { DIVINT: 15:0 } }
      FBRD:
        { offset: 0x028, kind: read-write, writable: 0x3f, description: "Baud rate, fraction", fields: { DIVFRAC: 5:0 } }
      LCR_H:
        offset: 0x02c
        kind: read-write
        writable: 0xff
        description: Line control
        fields:
          BRK: [0, Send break]
          PEN: [1, Parity enable]
          EPS: { bits: 2, description: Parity, values: { odd: 0, even: 1 } }
          STP2: [3, Two stop bits]
          FEN: [4, FIFOs enable]
          WLEN: { bits: 6:5, description: Word length, values: { five: 0, six: 1, seven: 2, eight: 3 } }
          SPS: [7, Stick parity]
      CR:
        offset: 0x030
        kind: read-write
        reset: 0x300
        writable: 0xff87
        description: Control
        fields:
          UARTEN: [0, UART enable]
          SIREN: [1, Infrared enable]
          SIRLP: [2, Infrared low power]
          LBE: [7, Loopback enable]
          TXE: [8, Transmit enable]
          RXE: [9, Receive enable]
          DTR: [10, Data transmit ready]
          RTS: [11, Request to send]
          OUT1: 12
          OUT2: 13
          RTSEN: [14, RTS by hardware]
          CTSEN: [15, CTS by hardware]
      IMSC:
        offset: 0x038
        kind: read-write
        writable: 0x7ff
        description: Interrupt mask
        fields: { RXIM: [4, Receive], TXIM: [5, Transmit], RTIM: [6, Receive timeout], OEIM: [10, Overrun] }
      PERIPHID0: { offset: 0xfe0, kind: constant, value: 0x11 }
      PERIPHID1: { offset: 0xfe4, kind: constant, value: 0x10 }
      PERIPHID2: { offset: 0xfe8, kind: constant, value: 0x34 }
      PERIPHID3: { offset: 0xfec, kind: constant, value: 0x00 }
      PCELLID0: { offset: 0xff0, kind: constant, value: 0x0d }
      PCELLID1: { offset: 0xff4, kind: constant, value: 0xf0 }
      PCELLID2: { offset: 0xff8, kind: constant, value: 0x05 }
      PCELLID3: { offset: 0xffc, kind: constant, value: 0xb1 }

  rtc:
    kind: device
    description: Clock, after the Arm PL031 (DDI 0224)
    source: Arm DDI 0224, chapter 3
    base: 0x0901_0000
    size: 4k
    registers:
      DR: { offset: 0x00, kind: counter, rate: 1, reset: 1_700_000_000, description: Seconds }
      MR: { offset: 0x04, kind: read-write, description: Match }

  gpio:
    kind: device
    description: Sixteen lines in and out
    base: 0x0903_0000
    size: 4k
    widths: [8, 16, 32]
    registers:
      OUT:
        offset: 0x00
        kind: read-write
        writable: 0xffff
        description: Levels driven
        fields: { LINE: { bits: 0, count: 16 } }
      DIR:
        offset: 0x04
        kind: read-write
        writable: 0xffff
        description: 1 for output
        fields: { LINE: { bits: 0, count: 16, values: { in: 0, out: 1 } } }
      IN:
        offset: 0x08
        kind: read-only
        reset: 0x00a5
        description: Levels seen
        fields: { LINE: { bits: 0, count: 16 } }

  demo:
    kind: device
    description: One register of every behaviour; takes only 32-bit accesses
    base: 0x1000_0000
    size: 4k
    registers:
      ID: { offset: 0x00, kind: constant, value: 0x5048_4d31, description: The letters PHM1 }
      VERSION:
        { offset: 0x04, kind: constant, value: 0x0001_0002, description: 1.2, fields: { MAJOR: 31:16, MINOR: 15:0 } }
      SCRATCH: { offset: 0x08, kind: read-write, description: Keeps what is written }
      STATUS:
        offset: 0x0c
        kind: read-only
        description: "Bit 0 busy, 1 done, 2 FIFO empty, 3 FIFO full, 15:8 FIFO level"
        live: { 0: CONTROL.busy, 1: CONTROL.done, 2: FIFO.empty, 3: FIFO.full, 15:8: FIFO.level }
        fields:
          BUSY: [0, The work is under way]
          DONE: [1, The work has ended since it was started]
          EMPTY: [2, The FIFO is empty]
          FULL: [3, The FIFO is full]
          LEVEL: [15:8, Elements in the FIFO]
      INT_STATUS:
        offset: 0x10
        kind: write-1-to-clear
        description: Interrupts; bit 0 when the work is done
        fields: Interrupts
      INT_FORCE: { offset: 0x14, kind: write-1-to-set, of: INT_STATUS, fields: Interrupts }
      INT_ENABLE: { offset: 0x18, kind: read-write, writable: 0xf, fields: Interrupts }
      EVENTS:
        offset: 0x1c
        kind: read-to-clear
        description: Events since the last load; bit 0 at power-on, bit 1 when the work is done
        reset: 0x1
        fields: { POWER_ON: [0, It was switched on], DONE: [1, The work is done] }
      CONTROL:
        offset: 0x20
        kind: self-clearing
        description: Bits 6:4 mode; bit 7 starts the work and reads as 1 for the 20 ms it takes
        writable: 0x7f
        start: 7
        busy: 20ms
        raises: [INT_STATUS:0, EVENTS:1]
        fields:
          MODE: { bits: 6:4, description: How to work, values: { Off: 0, Slow: 1, Fast: 2, Turbo: 3 } }
          START:
            bits: 7
            description: Starts the work
            on-write: one-to-set
            read-values: { idle: 0, running: 1 }
            write-values: { start: 1 }
      COMMAND: { offset: 0x24, kind: write-only, fields: { OPCODE: 7:0, ARGUMENT: 23:8 } }
      FIFO: { offset: 0x28, kind: fifo, depth: 16, empty: 0xffff_ffff }
      EVENT_FORCE: { offset: 0x2c, kind: write-1-to-set, of: EVENTS }
      TICKS: { offset: 0x30, kind: counter, rate: 1_000_000, description: Microseconds }
      UPTIME: { offset: 0x34, kind: counter, rate: 1000, description: Milliseconds }
      LOADS: { offset: 0x38, kind: counter, per-read: 1, description: Loads of this register }
      BROKEN: { offset: 0x3c, kind: fault, description: Answers with a bus error }

  ram:
    kind: ram
    base: 0x4000_0000
    size: 1M

  hpet:
    kind: device
    description: Event timer, after the IA-PC HPET specification 1.0a
    source: IA-PC HPET specification 1.0a, section 2.3
    base: 0xfed0_0000
    size: 1k
    widths: [32, 64]
    registers:
      CAP:
        offset: 0x00
        width: 64
        kind: constant
        value: 0x0098_9680_8086_a201
        fields:
          REV_ID: [7:0, Revision]
          NUM_TIM_CAP: [12:8, Last timer]
          COUNT_SIZE_CAP: { bits: 13, description: Main counter, values: { 32-bit: 0, 64-bit: 1 } }
          LEG_RT_CAP: [15, Takes over the interrupts of the PIT and the RTC]
          VENDOR_ID: 31:16
          COUNTER_CLK_PERIOD: [63:32, Femtoseconds]
      CONFIG:
        offset: 0x10
        width: 64
        kind: read-write
        reset: 0x1
        writable: 0x3
        fields: { ENABLE_CNF: [0, Counts], LEG_RT_CNF: [1, Interrupts of the PIT and the RTC] }
      COUNTER: { offset: 0xf0, width: 64, kind: counter, rate: 100_000_000 }
`
