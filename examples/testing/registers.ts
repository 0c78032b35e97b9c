/**
 * What the types of generated code say, for tsc alone: every line that is not marked compiles, and every
 * marked one does not.
 */
import { type Memory, mapWindow } from 'physmem'
import { GRF, SPI, UART0, UART1 } from './chip.ts'

export async function inWindow(index: number): Promise<void> {
  using window = await mapWindow({ address: 0x0900_0000, length: 0x1000 })
  const uart: UART0 = UART0.on(window)
  uart.CR.modify({ UARTEN: true, STOP: 'Two' })
  uart.CR.modify({ MODE: '16-bit', LEVEL: 63 })
  uart.CR.modify({ STOP: 1, MODE: 3 })
  uart.CR.write(0x300)
  uart.CR.write({ UARTEN: false, STOP: 'One', MODE: 'Off', LEVEL: index })
  const { value, fields } = uart.CR.read()
  const isTwo: boolean = fields.STOP === 'Two'
  const whole: number = value + fields.LEVEL
  // What was read is as good to write, except for what is read-only.
  uart.CR.write(fields)
  uart.STATUS.write({ ENABLE: true, KEY: 0x5a })
  uart.STATUS.modify({ ERROR: true })
  const busy: boolean = uart.FR.read().fields.BUSY
  const time: bigint = GRF.on(window).MTIME.read().value
  GRF.on(window).CON.modify({ B: 3 })
  GRF.on(window).CMP.modify({ VALUE: 5n, ON: true })
  const spi = SPI[1].on(window, 0x100)
  spi.FIFO[3].write({ DATA: 1 })
  spi.FIFO.at(index).write({ DATA: 1 })
  spi.CH[1].CTRL.modify({ F1: true })
  for (const fifo of spi.FIFO) fifo.read()
  const other: UART0 = UART1.on(window)

  // @ts-expect-error there is no such register
  uart.CS.read()
  // @ts-expect-error there is no such field
  uart.CR.modify({ UARTNE: true })
  // @ts-expect-error there is no such field to read
  uart.CR.read().fields.UARTNE
  // @ts-expect-error it is read-only
  uart.CR.modify({ BUSY: true })
  // @ts-expect-error there is no such value
  uart.CR.modify({ STOP: 'Three' })
  // @ts-expect-error one bit has no such value
  uart.CR.modify({ STOP: 2 })
  // @ts-expect-error two bits have no such value
  uart.CR.modify({ MODE: 4 })
  // @ts-expect-error one bit is true or false, or 0 or 1
  uart.CR.modify({ UARTEN: 2 })
  // @ts-expect-error a number is not text
  uart.CR.modify({ LEVEL: '63' })
  // @ts-expect-error a field is missing
  uart.CR.write({ UARTEN: true, STOP: 'One', MODE: 'Off' })
  // @ts-expect-error no value of it has this name
  fields.STOP === 'Three'
  // @ts-expect-error it is read-only
  uart.FR.write(0)
  // @ts-expect-error it is read-only
  uart.FR.modify({ BUSY: true })
  // @ts-expect-error it is write-only
  uart.TX.read()
  // @ts-expect-error it is write-only
  uart.TX.modify({ BYTE: 1 })
  // @ts-expect-error it is write-only
  uart.STATUS.read().fields.KEY
  // @ts-expect-error a read of it has an effect
  uart.DR.modify({ DATA: 1 })
  // @ts-expect-error it is written once
  GRF.on(window).LOCK.modify({ SET: true })
  // @ts-expect-error 64 bits are a bigint
  GRF.on(window).CMP.write(1)
  // @ts-expect-error 48 bits are a bigint
  GRF.on(window).CMP.modify({ VALUE: 5 })
  // @ts-expect-error a memory is not a window
  UART0.on({} as Memory)
  void [isTwo, whole, busy, time, other]
}

export async function inMemory(memory: Memory): Promise<void> {
  const uart = UART0.in(memory)
  await uart.CR.modify({ UARTEN: true, STOP: 'Two' })
  await uart.CR.write(0x300)
  const { fields } = await uart.CR.read()
  const mode: 'Off' | '16-bit' | 'Fast' = fields.MODE
  await UART1.in(memory, 0x0900_2000).TX.write({ BYTE: 0x41 })
  await SPI[0].in(memory).FIFO[3].write(1)
  const time: bigint = (await GRF.in(memory).MTIME.read()).value

  // @ts-expect-error there is no such field
  await uart.CR.modify({ UARTNE: true })
  // @ts-expect-error it is read-only
  await uart.CR.modify({ BUSY: true })
  // @ts-expect-error there is no such value
  await uart.CR.modify({ STOP: 'Three' })
  // @ts-expect-error it is read-only
  await uart.FR.write(0)
  // @ts-expect-error it is write-only
  await uart.TX.read()
  // @ts-expect-error a read of it has an effect
  await uart.DR.modify({ DATA: 1 })
  // @ts-expect-error its fields overlap: they are not one value
  await GRF.in(memory).BOTH.write({ WHOLE: 1, NIBBLE: 1 })
  void [mode, time]
}
