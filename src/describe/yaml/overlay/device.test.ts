import { describe, expect, it } from 'vitest'
import { readSvd } from '../../svd/read.ts'
import { readYaml } from '../read.ts'
import { CHIP, names, patched } from '../testing/chip.ts'
import { blockOf, complete, fieldOf, issuesOf, registerOf, sourceOf } from '../testing/text.ts'
import { applyOverlay, overlayBase } from './device.ts'

describe('applyOverlay', () => {
  it('changes nothing where it says nothing', () => {
    const plain = complete(readYaml(sourceOf(CHIP)))
    expect(patched('_svd: chip.svd')).toMatchObject({ device: plain.device, issues: [] })
  })

  it('says which file it is for', () => {
    expect(overlayBase(sourceOf('_svd: ../svd/stm32f4.svd'))).toBe('../svd/stm32f4.svd')
    expect(overlayBase(sourceOf('UART0: {}'))).toBeUndefined()
  })

  it('changes the device, blocks, registers and fields, in the words of SVD and in our own', () => {
    const made = patched(`
_modify:
  version: 1.3
  cpu: { nvicPrioBits: 4 }
  GPIO[AB]: { description: Port, groupName: GPIO }
  DMA: { baseAddress: 0x9000, addressBlock: { offset: 0x0, size: 0x400, usage: registers } }
UART0:
  _modify:
    UART_FR: { access: read-only, resetValue: 0x90, size: 16, readAction: clear, addressOffset: 0x18 }
  UART_CR:
    _modify:
      MODE: { bitOffset: 3, description: Kind, modifiedWriteValues: oneToClear }
      RXE: { name: RX, bits: 10 }
`)
    expect(issuesOf(made)).toEqual([])
    expect(made.device.version).toBe('1.3')
    expect(blockOf(made, 'GPIOB')).toMatchObject({
      description: 'Port',
      group: 'GPIO',
      base: 0x5000,
    })
    expect(blockOf(made, 'DMA')).toMatchObject({
      base: 0x9000,
      extents: [{ offset: 0, length: 0x400 }],
    })
    for (const block of ['UART0', 'UART1']) {
      expect(registerOf(made, `${block}.UART_FR`)).toMatchObject({
        ...{
          access: 'read-only',
          reset: 0x90n,
          size: 16,
          width: 16,
          readEffect: 'clear',
          offset: 0x18,
        },
      })
      expect(fieldOf(made, `${block}.UART_CR`, 'MODE')).toEqual({
        ...{ name: 'MODE', lsb: 3, width: 3, description: 'Kind', writeEffect: 'one-to-clear' },
      })
      expect(fieldOf(made, `${block}.UART_CR`, 'RX')).toEqual({ name: 'RX', lsb: 10, width: 1 })
    }
  })

  it('deletes and adds at every level', () => {
    const made = patched(`
_delete: [GPIO*]
_add:
  NEW:
    baseAddress: 0x7000
    addressBlock: { offset: 0, size: 0x100, usage: registers }
    registers:
      ID: { addressOffset: 0x0, access: read-only, fields: { REV: { bitOffset: 4, bitWidth: 4 } } }
DMA:
  _delete: { _registers: ["C*[12]", ISR], _interrupts: [X] }
  _add: { STAT: { addressOffset: 0x44, size: 16, fields: { BUSY: { bitRange: "[3:2]" }, OK: { lsb: 5, msb: 6 } } } }
  CR:
    _delete: [EN1, "EN2,DIR"]
    _add: { LAST: { description: Last, bitOffset: 31 } }
`)
    expect(issuesOf(made)).toEqual([])
    expect(names(made.device.blocks)).toEqual(['UART0', 'UART1', 'DMA', 'NEW'])
    expect(fieldOf(made, 'NEW.ID', 'REV')).toEqual({ name: 'REV', lsb: 4, width: 4 })
    expect(names(blockOf(made, 'DMA').children)).toEqual(['CCR3', 'CNDTR3', 'CR', 'STAT'])
    expect(registerOf(made, 'DMA.STAT')).toMatchObject({ width: 16, offset: 0x44 })
    expect(registerOf(made, 'DMA.STAT').fields).toMatchObject([
      { lsb: 2, width: 2 },
      { lsb: 5, width: 2 },
    ])
    expect(registerOf(made, 'DMA.CR').fields).toMatchObject([
      { name: 'EN0' },
      { name: 'LAST', lsb: 31 },
    ])
  })

  it('asks no block for its registers before somebody does', () => {
    const { device } = readYaml(sourceOf(CHIP))
    const closed = device.blocks.map((block) => ({
      ...block,
      get children(): never {
        throw new Error('it was asked')
      },
    }))
    const overlay = `
_delete: [GPIOA]
_modify: { DMA: { description: Moves } }
_copy: { X: { from: DMA } }
_derive: { Y: UART0 }
_strip: [U]
"*": { _strip: [UART_], safe: true }
`
    const changed = applyOverlay(
      { device: { ...device, blocks: closed }, issues: [] },
      sourceOf(overlay),
    )
    expect(names(changed.device.blocks)).toEqual(['ART0', 'ART1', 'DMA', 'GPIOB', 'X'])
    expect(() => changed.device.blocks[0]?.children).toThrow('it was asked')
  })

  it('copies and derives', () => {
    const made = patched(`
_copy: { UART5: { from: UART0 } }
_derive: { GPIOB: DMA, UART6: { _from: UART0, baseAddress: 0x6000 } }
_rebase: { GPIOB: GPIOA }
UART0:
  _copy: { UART_CR2: { from: UART_CR, addressOffset: 0x10 } }
  _derive: { UART_CR3: { _from: UART_CR, addressOffset: 0x14 } }
  UART_CR: { _delete: RXE, _derive: { UART_TXE: MODE } }
`)
    expect(issuesOf(made)).toEqual([])
    expect(names(blockOf(made, 'UART5').children)).toEqual(['UART_CR', 'UART_FR', 'UART_DR'])
    expect(blockOf(made, 'UART5').base).toBeUndefined()
    expect(blockOf(made, 'UART6')).toMatchObject({ base: 0x6000, derivedFrom: 'UART0' })
    expect(names(blockOf(made, 'UART6').children)).toEqual(names(blockOf(made, 'UART0').children))
    expect(names(blockOf(made, 'GPIOB').children)).toEqual(names(blockOf(made, 'DMA').children))
    expect(blockOf(made, 'GPIOB').base).toBe(0x5000)
    expect(registerOf(made, 'UART0.UART_CR3')).toMatchObject({ offset: 0x14, fields: [{}, {}, {}] })
    expect(fieldOf(made, 'UART0.UART_CR', 'UART_TXE')).toMatchObject({ lsb: 8, width: 3 })
  })

  it('changes a description in SVD, and what is derived there, alike', () => {
    const field = '<fields><field><name>TXE</name><bitOffset>8</bitOffset></field></fields>'
    const register = `<register><name>USART_CR1</name><addressOffset>0</addressOffset>${field}</register>`
    const svd = `<device><name>X</name><width>32</width><peripherals>
      <peripheral derivedFrom="USART1"><name>USART2</name><baseAddress>0x200</baseAddress></peripheral>
      <peripheral><name>USART1</name><baseAddress>0x100</baseAddress><registers>${register}</registers></peripheral>
    </peripherals></device>`
    const fix = `
_svd: x.svd
USART1: { _strip: USART_, CR1: { TXE: { Disabled: [0, "Off"], Enabled: [1, "On"] } } }
`
    const made = complete(applyOverlay(readSvd(sourceOf(svd, 'x.svd')), sourceOf(fix, 'fix.yaml')))
    expect(issuesOf(made).filter((issue) => issue.includes('error'))).toEqual([])
    for (const block of ['USART1', 'USART2']) {
      const [enumeration] = fieldOf(made, `${block}.CR1`, 'TXE').enumerations ?? []
      expect(names(enumeration?.values ?? [])).toEqual(['Disabled', 'Enabled'])
    }
  })

  it('makes changes to a block when its registers are asked for', () => {
    const description = applyOverlay(readYaml(sourceOf(CHIP)), sourceOf('DMA: { NO: {} }'))
    expect(description.issues).toEqual([])
    void blockOf(description, 'DMA').children
    expect(description.issues).toHaveLength(1)
  })
})
