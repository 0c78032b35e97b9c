import { describe, expect, it } from 'vitest'
import { actsByName, clearsByName, takenByName } from './names.ts'

/** `BLOCK.NAME`, or `BLOCK/GROUP.NAME`, split for the rules. */
function split(text: string): [string, { block: string; group?: string }] {
  const [where = '', ...names] = text.split('.')
  const [block = '', group] = where.split('/')
  return [names.join('.'), { block, ...(group === undefined ? {} : { group }) }]
}

const words = (text: string) => text.trim().split(/\s+/)

describe('what a read may take, by its name', () => {
  it.each([
    [
      'may take data',
      `X.DR X.RBR X.RXD X.RX_DATA X.FIFO X.TXFIFO X.RX_FIFO_DATA X.POP X.RXDATA X.UARTDR X.SSPDR
       X.IC_DATA_CMD X.RDR X.FIFO1 X.FIFO[3] PIO0.RXF0 PIO0.RXF3 X.rbr_dll_thr X.srbr_sthr[2] X.SPI_RBR
       USB.FS_GRXSTSP OTG.GRXSTSP_Host USIC0_CH0.RBUF USIC0_CH0.RBUF0 USIC0_CH0.RBUF1
       USIC0_CH0.RBUFD USIC0_CH0.OUTR SPI1.DT USART1.DATA UART0.DATA SPI.DAT SERCOM0.USART.DATA
       SERCOM0.DATA I2C0.DATA I2S.DATA0 I2S.DATA1 TWI0.TWI_DATA SSC.DATA EMMC.DATA SDIO.DATA
       SDMMC.DATA_BUFFER MMC0.DATA I2C0.I2C_RX CH0/USIC.DATA PORT_B/SSI.DATA UART1.IO
       I2C1.RXDT I2C1.TXDT SAI1.SAI_ADR SAI1.BDR SPDIFRX.DR_00 DFSDM.FLT0RDATAR I2S0.channel0.left_rxtx
       DMIC.DMIC_DATA X.URXH UART0.UTXH X.UDR USART.UDR0 I2C0.I2DAT X.I2CDAT UART0.U0RBR X.U0RBR
       UART0.U0THR UART0.THR X.RXBUFFER X.RX_BUFFER X.RXBUF0 UCA.UCA0RXBUF UCB.UCB1RXBUF UART1.URXD
       X.UART1_URXD X.U1RXREG X.SPI1BUF X.SSPBUF X.RCREG X.I2C1RCV X.SPDR X.S0SPDR X.ICDRR X.DRR X.SSP0DR
       X.I2C1DR X.RXDATAX X.RXDOUBLE X.RXDOUBLEX X.RXDAT X.RXDATSTAT X.Rx_data_reg0 USART1.DATAR
       I2C1.DATAR SPI1.DATAR UART0.D I2C0.D SDIO1.BUF UART.DATA_REG SPI1.TXHOLD0 AUX.TXHOLD_REGa`,
    ],
    [
      'may acknowledge an interrupt',
      `X.IAR X.INT_ACK X.EOI X.GICC_IAR PLIC.claim PLIC.mclaim PLIC.sclaim PLIC.claim_complete
       X.threshold.claim UART0.IIR UART0.FCR_IIR X.fcr_iir`,
    ],
    [
      'may clear flags',
      `I2C0.IC_CLR_INTR I2C0.IC_CLR_TX_ABRT I2C0.CLR_INTR I2C0.clr_rx_over SSI.RXOICR SSI.RXUICR
       SSI.TXOICR SSI.MSTICR XIP_SSI.ICR SPI0.icr UART0.LSR UART0.MSR UART3.lsr
       SPI0.xrxoicr ADC.GDR CAN1.ICR FDCAN1.FDCAN_PSR FDCAN1.ECR SIO.DIV_QUOTIENT`,
    ],
    ['may take a lock', 'SIO.SPINLOCK0 SIO.SPINLOCK31 HSEM.RLR3 HSEM.R3 X.SPINLOCK_LOCK_REG7'],
  ])('%s', (taking, names) => {
    const wrong = words(names).filter((name) => takenByName(...split(name)) !== taking)
    expect(wrong).toEqual([])
  })

  it('is nothing for others', () => {
    const names = words(`X.CR X.FR X.ADDR X.IDR X.ODR X.DIR X.FIFO_STATUS X.FIFOLVL X.PACKET
      GPIO.DIR GPIO.DATAOUT GPIO.DATA GPIO.DATAIN GPIO.IN GPIO.DIDR ADC.DIDR0 GPIO.IDT GPIO.ODT
      BPR.DT1 CRC.DATA RSSI.DATA OSSC.DATA SPINNER.DATA UART0.DATA_LENGTH SPI0.DATASIZE EMMC.DATA_CTRL
      USB.GRXSTSR USIC0_CH0.RBUFSR USIC0_CH0.RBUF01SR SIO.SPINLOCK_ST UART0.LCR UART0.MCR
      CPU.MSR CAN.IIR DMA.LSR UART0.ICR X.ICR PLIC.threshold CLAIMS.CLAIMSET X.CLR X.INT_CLR
      X.CLR_CTRL X.PADDR X.BAUDR IO_MUX.U0RXD X.UDRDR X.RXBUFFER_SIZE X.RXDATAXP_IF GPIO.D GPIO.DATAR
      VREF.BUF X.THR ADC.THR DMA.THR CRC.DATAR X.CRCDATAR EMAC.TXHOLD X.I2CDATE X.RXDATAWIDTH`)
    expect(names.filter((name) => takenByName(...split(name)) !== undefined)).toEqual([])
  })
})

describe('what a 1 that is written clears, by its name', () => {
  it.each([
    [
      'clears' as const,
      `EXTI.PR EXTI.PR1 EXTI.CPUPR1 EXTI.C1PR1 EXTI.RPR1 EXTI.FPR2 X.ICR X.CICR DMA1.IFCR DMA1.LIFCR
       DMA1.HIFCR TC0.INTFLAG TC0.CHINTFLAG USB.EPINTFLAG3 X.INT_CLR GPIO.OUTCLR X.IRQ_CLEAR
       GPIO.OUTTGL X.INTENCLR X.INTERRUPT EMMC.INTERRUPT X.INTPEND X.PENDING X.IRQ_PENDING X.PEND_1
       GICD.GICD_ICPENDR0 NVIC.ICPR0 NVIC.ICER GICD.GICD_ICENABLER1 X.INT_STATUS X.IRQ_STAT
       X.INTSTS X.ISR ADC.ADC_ISR GPIO.rise_ip TIMER0.IR PWM1.IR RTC.ILR TIMER.TMR_IRQ_STA`,
    ],
    ['may' as const, 'X.SR X.STATUS X.USART_SR X.DMA_STATUS X.INTR X.INTR0 X.FLAGS X.SR2'],
  ])('%s', (how, names) => {
    expect(words(names).filter((name) => clearsByName(...split(name)) !== how)).toEqual([])
  })

  it('is nothing for others', () => {
    const names = words(`X.CR X.CSR X.SSR X.PSR X.IER X.ISER X.IMR X.INT_ENA X.INT_RAW X.INT_MASK
      X.FCR IWDG.PR TIMER0.PR SPIM.RXD.PTR GPIO.IPR NVIC.IPR3 X.ICSR X.SUSPEND X.DEPEND X.CLR_CTRL
      X.CLEAR_DELAY X.PRR X.PRESCALER X.INTENSET GPIO.DIR X.STATUS_MASK`)
    expect(names.filter((name) => clearsByName(...split(name)) !== undefined)).toEqual([])
  })
})

describe('what a value that is stored does, by the name', () => {
  it('is more than to stay there', () => {
    const acting = words(`FLASH.KEYR1 FLASH.OPTKEYR X.UNLOCK DMAC.SWTRIGCTRL X.TRIG X.CMD X.COMMAND
      DMAC.CRCDATAIN WDT.KR WDT.FEED I2C1.TXDR X.THR`)
    expect(acting.filter((name) => !actsByName(split(name)[0]))).toEqual([])
    const keeping = words('X.CR X.KEYCFG X.TRIGCFG X.CMDR_EN X.ODR X.DIR X.COMMANDS X.DINT')
    expect(keeping.filter((name) => actsByName(split(name)[0]))).toEqual([])
  })
})
