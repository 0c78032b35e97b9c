/**
 * What the name of a register makes likely where its description says nothing. The names are those
 * that manuals of several makers have; what only one device calls so is here where its manual says
 * that a load takes something: DesignWare's SSI and I2C, XMC's USIC, RP2040's SIO, STM32's HSEM, SAI
 * and FDCAN, LPC's ADC and CAN.
 */

/** Where a register is: the words that tell what its name means. */
export interface Surroundings {
  block: string
  group?: string | undefined
}

/** What a load may take, as a clause after "reading". */
export type Taking =
  | 'may take data'
  | 'may acknowledge an interrupt'
  | 'may clear flags'
  | 'may take a lock'

const SERIAL =
  /UART|USART|DMIC|PDM|SPI(?!N)|(?<!R)SSI|SSP|I2C|IIC|I2S|TWI|SERCOM|(?<!O)SSC|E?MMC|SDIO|SDHCI?|USIC|AUX/i
const UART = /UART|USART|AUX/i
const SSI = /SPI(?!N)|(?<!R)SSI/i
const FIFO_BLOCK = /FIFO|MAILBOX/i

interface Row {
  taking: Taking
  /** Of the name without brackets; `exact` keeps a number at its end, which is left out otherwise. */
  name: RegExp
  exact?: true
  /** What the block, or its group, has to be. */
  block?: RegExp
}

const ROWS: readonly Row[] = [
  {
    taking: 'may take data',
    name: /^(?:.*_)?(?:(?:(?:U?S?ART|SSP|SPI|I2C|I2S)\d*)?[RT]?DR|SDR|(?:DATA_)?CMD_DATA|DATA_CMD|RHR|RXR|[RT]XD[RT]?|[RT]XTX|[LR]\w*_RXTX|RXF|POP)$/i,
  },
  { taking: 'may take data', name: /^(?:.*_)?(?:U\d*)?S?RBR(?:_S?(?:THR|DLL))*$/i },
  // LPC's U0RBR, Samsung's URXH, i.MX's URXD, PIC32's U1RXREG, AVR's UDR.
  { taking: 'may take data', name: /^(?:.*_)?(?:U\d*(?:[RT]XH|RXREG|DR)|URXD)$/i },
  // MSP430's UCA0RXBUF, Zynq's Rx_data_reg, EFM32's RXDATAX and RXDOUBLE, LPC800's RXDATSTAT.
  {
    taking: 'may take data',
    name: /^(?:.*_)?(?:UC[AB]\d)?RX_?(?:BUF(?:F(?:ER)?)?|DATA?(?:X|STAT)?|DOUBLEX?)(?:_?REG)?$/i,
  },
  // LPC's I2DAT, PIC's SPI1BUF, SSPBUF, RCREG and I2C1RCV, Renesas' SPDR and ICDRR, McBSP's DRR.
  {
    taking: 'may take data',
    name: /^(?:.*_)?(?:I2C?\d*DAT|(?:SPI|SSP)\d*BUF|RCREG|I2C\d*RCV|(?:S\d)?SPDR|(?:IC)?DRR)$/i,
  },
  // What is stored there is sent, and what is loaded from there was received.
  { taking: 'may take data', name: /^(?:.*_)?(?:U\d*)?S?THR$/i, block: UART },
  { taking: 'may take data', name: /^(?:.*_)?TXHOLD(?:_REG[A-D]?)?$/i, block: /AUX|SPI(?!N)/i },
  {
    taking: 'may take data',
    name: /FIFO(?!.*(?:STAT|CTRL|CTL|CR|SR|LVL|LEVEL|CNT|COUNT|CFG|CONF|THR|SIZE|DEPTH|EN|RST))/i,
  },
  { taking: 'may take data', name: /(?:^|_)(?:POP|RXD|RXDATA)(?:_|\d|$)/i },
  { taking: 'may take data', name: /^(?:.*_)?GRXSTSP(?:_|$)/i },
  { taking: 'may take data', name: /^RBUFD?$/i },
  { taking: 'may take data', name: /^DT$/i, exact: true },
  { taking: 'may take data', name: /^(?:SAI_?)?[AB]?DR$/i, block: /SAI/i },
  { taking: 'may take data', name: /RDATAR$/i },
  { taking: 'may take data', name: /^DR_\d+$/i, exact: true },
  { taking: 'may clear flags', name: /^(?:AD)?GDR$/i, block: /ADC?/i },
  {
    taking: 'may take data',
    name: /^(?:(?:SPI|TWI|UART|USART|I2C|I2S|SSI|SSC|MMC|SD|DMIC|PDM)_?)?(?:DATA(?:R|_?REG)?|DAT|D|BUF|DATA_BUFFER|I2C_RX|RX|IO|IO_REG|OUTR)$/i,
    block: SERIAL,
  },
  {
    taking: 'may acknowledge an interrupt',
    name: /^(?:.*_)?(?:A?IAR|A?HPPIR|EOIR?|INTACK|IACK|ACK|[MS]?CLAIM(?:_COMPLETE)?)$/i,
  },
  { taking: 'may acknowledge an interrupt', name: /(?:^|_)ACK(?:_|\d|$)/i },
  { taking: 'may acknowledge an interrupt', name: /^(?:.*_)?(?:IIR_FCR|FCR_IIR)$/i },
  { taking: 'may acknowledge an interrupt', name: /^(?:.*_)?IIR(?:_REG)?$/i, block: UART },
  { taking: 'may clear flags', name: /^(?:[A-Z0-9]+_)?CLR_(?!CTRL|CTL|CFG|EN)[A-Z0-9_]+$/i },
  { taking: 'may clear flags', name: /^(?:.*_)?X?(?:[RT]X[OU]ICR|MSTICR)$/i },
  { taking: 'may clear flags', name: /^(?:SSI|SPI)?_?ICR$/i, block: SSI },
  { taking: 'may clear flags', name: /^(?:.*_)?(?:LSR|MSR)(?:_REG)?$/i, block: UART },
  { taking: 'may clear flags', name: /^(?:FD)?(?:CAN_?)?(?:PSR|ECR|ICR)$/i, block: /CAN/i },
  { taking: 'may clear flags', name: /^DIV_QUOTIENT$/i, block: /SIO/i },
  { taking: 'may take a lock', name: /^SPINLOCK(?:_LOCK_REG)?$/i },
  { taking: 'may take a lock', name: /^(?:RLR|R)$/i, block: /HSEM/i },
]

/** What a load of a register may take, by its name and those of what it is in. */
export function takenByName(path: string, where: Surroundings): Taking | undefined {
  const { whole, name } = lastOf(path)
  const around = `${where.block} ${where.group ?? ''}`
  const row = ROWS.find(
    (one) =>
      one.name.test(one.exact ? whole : name) &&
      (one.block === undefined || one.block.test(around)),
  )
  if (row !== undefined) return row.taking
  const isOther = /STAT|CTRL|CFG|CONFIG|ID$/i.test(name)
  return FIFO_BLOCK.test(where.block) && !isOther ? 'may take data' : undefined
}

const CLEARS: readonly { name: RegExp; block?: RegExp }[] = [
  // Whatever is stored as 1 is cleared, or inverted: OUTCLR, INT_CLR, IRQ_CLEAR, OUTTGL.
  { name: /(?:CLR|CLEAR|TGL|TOGGLE)$/i },
  { name: /INTFLAGS?$/i },
  // Cortex-M's NVIC and Arm's GIC: a 1 disables or ends what it reads as.
  { name: /^(?:.*_)?(?:IC[EP]R|ICENABLER|ICACTIVER)$/i },
  { name: /^(?:.*_)?(?:[CLH]?IFCR|C?ICR|ISR|INTERRUPTS?)$/i },
  { name: /^(?:.*_)?(?:INT|IRQ|INTERRUPT)_?(?:STATUS|STATE|STAT|STS|STA)$/i },
  { name: /^(?:IR|ILR)$/i, block: /TIM|PWM|RTC|CT\d/i },
  { name: /(?:^|_|INT|IRQ|I[CS])PEND(?:ING|R|STS|STATUS)?(?:_[A-Z\d]*)?$/i },
  { name: /^(?:RISE|FALL|HIGH|LOW)_IP$/i },
  { name: /^(?:(?:C\d|CPU)?PR|[RF]PR)$/i, block: /EXTI|EXINT|EINT/i },
]

const MAY_CLEAR = /^(?:.*_)?(?:U?S?ART|SPI|SSP|I2C|ADC)?_?(?:SR|STATUS|STAT|STS|FLAGS?|INTR)$/i

/** What a store of a 1 likely does to a bit: `clears`, or `may` where as many registers differ. */
export function clearsByName(path: string, where: Surroundings): 'clears' | 'may' | undefined {
  const { name } = lastOf(path)
  const around = `${where.block} ${where.group ?? ''}`
  const isOne = CLEARS.some((one) => one.name.test(name) && (one.block?.test(around) ?? true))
  if (isOne) return 'clears'
  return MAY_CLEAR.test(name) ? 'may' : undefined
}

/** What a store of a value starts, unlocks or sends, where its name says so. */
const ACTS =
  /KEYR?$|UNLOCK|SWTRIG|TRIG(?:GER)?$|(?:^|_)CMDR?$|COMMAND$|DATA_?IN$|(?:^|_)(?:KR|FEED|RELOAD)$|(?:^|_)(?:DIN|TXD[RT]?|TDR|THR)$/i

export function actsByName(path: string): boolean {
  return ACTS.test(lastOf(path).name)
}

/** A register's own name in its clusters: all of it, and without the number at its end. */
function lastOf(path: string): { whole: string; name: string } {
  const last = path.slice(path.lastIndexOf('.') + 1)
  const whole = last.replace(/[[\]]/g, '')
  return { whole, name: whole.replace(/(?<=\D)\d+$/, '') }
}
