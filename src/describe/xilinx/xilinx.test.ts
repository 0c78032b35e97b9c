import { describe, expect, it } from 'vitest'
import type { Description, SourceText } from '../model.ts'
import { readHwh, readXsa } from './index.ts'
import { zipOf } from './testing/handoffs.ts'

const source = (text: string, name = 'design_1.hwh', bytes?: Uint8Array): SourceText => ({
  name,
  text,
  ...(bytes === undefined ? {} : { bytes }),
  open: () => {
    throw new Error('nothing beside it')
  },
})

const property = (values: Record<string, string>) =>
  Object.entries(values)
    .map(([name, value]) => `<PROPERTY NAME="${name}" VALUE="${value}"/>`)
    .join('')

const said = { ADDRESS_OFFSET: '0x04', SIZE: '32', ACCESS: 'read-write', RESET_VALUE: '0' }
const irq = property({ ...{ BIT_OFFSET: '12', BIT_WIDTH: '1', ACCESS: 'read-write' } })

/** As Vivado writes it, in short: two masters see one GPIO, and one of them a memory. */
const hwh = (fields = '') => `<?xml version="1.0" encoding="UTF-8" standalone="no" ?>
<EDKSYSTEM EDWVERSION="1.2">
  <SYSTEMINFO ARCH="zynq" DEVICE="7z020" NAME="design_1" PACKAGE="clg400"/>
  <MODULES>
    <MODULE FULLNAME="/axi_dma_0" INSTANCE="axi_dma_0" MODTYPE="axi_dma" VLNV="xilinx.com:ip:axi_dma:7.1">
      <ADDRESSBLOCKS>
        <ADDRESSBLOCK ACCESS="" INTERFACE="S_AXI_LITE" NAME="Reg" RANGE="65536" USAGE="register">
          <REGISTERS>
            <REGISTER NAME="MM2S_DMASR">
              ${property({ DESCRIPTION: 'MM2S  status', ...said, VOLATILE: 'true' })}
              <FIELDS>
                <FIELD NAME="Halted">${property({ BIT_OFFSET: '0', BIT_WIDTH: '1', ACCESS: 'read-only' })}</FIELD>
                <FIELD NAME="IOC_Irq">${irq}${property({ MODIFIED_WRITE_VALUES: 'oneToClear', READ_ACTION: '' })}</FIELD>
                ${fields}
              </FIELDS>
            </REGISTER>
            <REGISTER NAME="OFF">${property({ ...said, IS_ENABLED: 'false' })}</REGISTER>
          </REGISTERS>
        </ADDRESSBLOCK>
      </ADDRESSBLOCKS>
    </MODULE>
    <MODULE FULLNAME="/ps7" INSTANCE="ps7" VLNV="xilinx.com:ip:processing_system7:5.5">
      <MEMORYMAP>
        <MEMRANGE ADDRESSBLOCK="Reg" BASEVALUE="0x40400000" HIGHVALUE="0x4040FFFF" INSTANCE="axi_dma_0" MEMTYPE="REGISTER"/>
        <MEMRANGE ADDRESSBLOCK="Reg" BASEVALUE="0x40400000" HIGHVALUE="0x4040FFFF" INSTANCE="axi_dma_0" MEMTYPE="REGISTER"/>
        <MEMRANGE ADDRESSBLOCK="Reg" BASEVALUE="0x80400000" HIGHVALUE="0x8040FFFF" INSTANCE="axi_dma_0" MEMTYPE="REGISTER"/>
        <MEMRANGE ADDRESSBLOCK="Mem0" BASEVALUE="0x42000000" HIGHVALUE="0x42000FFF" INSTANCE="bram" MEMTYPE="MEMORY"/>
      </MEMORYMAP>
    </MODULE>
  </MODULES>
</EDKSYSTEM>
`

const messages = ({ issues }: Description) =>
  issues.map(({ line, path, message }) => `${line} ${path}: ${message}`)

const xsa = (bytes: Uint8Array) => readXsa(source('', 'top.xsa', bytes))

describe('a hardware handoff', () => {
  it('gives a block for each module and address, with the registers that Vivado knows', () => {
    const described = readHwh(source(hwh()))
    expect(described.issues).toEqual([])
    const { name, blocks } = described.device
    expect(name).toBe('design_1')
    expect(blocks.map((one) => [one.name, one.base])).toEqual([
      ['axi_dma_0', 0x4040_0000],
      ['axi_dma_0_2', 0x8040_0000],
    ])
    expect(blocks[0]?.extents).toEqual([{ offset: 0, length: 0x1_0000, usage: 'registers' }])
    expect(blocks[0]?.children).toEqual([
      {
        ...{ kind: 'register', name: 'MM2S_DMASR', description: 'MM2S status', offset: 4 },
        ...{ size: 32, width: 32, access: 'read-write', reset: 0n },
        fields: [
          { name: 'Halted', lsb: 0, width: 1, access: 'read-only' },
          {
            ...{ name: 'IOC_Irq', lsb: 12, width: 1, access: 'read-write' },
            writeEffect: 'one-to-clear',
          },
        ],
      },
    ])
  })

  it('says what it leaves out', () => {
    const wrong = `<FIELD NAME="A">${property({ BIT_OFFSET: '31', BIT_WIDTH: '2' })}</FIELD>
<FIELD NAME="B">${property({ BIT_OFFSET: 'x', BIT_WIDTH: '2' })}</FIELD><FIELD/>`
    expect(messages(readHwh(source(hwh(wrong)))).slice(0, 3)).toEqual([
      '14 axi_dma_0.MM2S_DMASR.A: bits 32:31 do not exist: the register has bits 0 to 31',
      '15 axi_dma_0.MM2S_DMASR.B: BIT_OFFSET: expected a number, got "x"',
      '15 axi_dma_0.MM2S_DMASR: a <FIELD> has no NAME',
    ])
  })

  it('is refused without modules', () => {
    expect(() => readHwh(source('<EDKSYSTEM/>'))).toThrow(
      'design_1.hwh:1:1: expected modules of a hardware handoff of Vivado, but found none in <EDKSYSTEM>',
    )
  })
})

describe('an archive of Vivado', () => {
  it.each([0, 8] as const)('gives what its handoff does (method %s)', (method) => {
    const described = xsa(zipOf({ 'top.bit': 'bits', 'design_1.hwh': hwh() }, { method }))
    expect(described.device.blocks.map(({ name }) => name)).toEqual(['axi_dma_0', 'axi_dma_0_2'])
    expect(described.device).toEqual(readHwh(source(hwh())).device)
  })

  it('takes the default one of several handoffs', () => {
    const list = `<Project><File BD_TYPE="REFERENCE_BD" Name="part.hwh" Type="HW_HANDOFF"/>
<File BD_TYPE="DEFAULT_BD" Name="design_1.hwh" Type="HW_HANDOFF"/></Project>`
    const files = { 'part.hwh': '<EDKSYSTEM/>', 'design_1.hwh': hwh() }
    expect(xsa(zipOf({ ...files, 'sysdef.xml': list })).device.name).toBe('design_1')
    expect(() => xsa(zipOf(files))).toThrow(
      'top.xsa:1:1: it has several hardware handoffs, but none is the default: take out one of part.hwh, design_1.hwh',
    )
  })

  it('is refused where it is none', () => {
    expect(() => xsa(zipOf({ 'a.txt': 'b' }))).toThrow(
      'top.xsa:1:1: expected an archive of Vivado with a hardware handoff (.hwh) in it',
    )
    expect(() => xsa(zipOf({ 'a.hwh': hwh() }).subarray(0, 300))).toThrow(
      'top.xsa:1:1: this archive is not read: the archive is cut off',
    )
    const damaged = zipOf({ 'a.hwh': hwh() })
    damaged[60] = (damaged[60] ?? 0) ^ 0xff
    expect(() => xsa(damaged)).toThrow('top.xsa:1:1: this archive is not read: a.hwh is damaged')
  })
})
