import { describe, expect, it } from 'vitest'
import type { SourceText } from './model.ts'
import { formatOf, readDescription } from './read.ts'

const source = (text: string, bytes?: Uint8Array): SourceText => ({
  ...{ name: 'chip', text },
  ...(bytes === undefined ? {} : { bytes }),
  open: () => {
    throw new Error('nothing beside it')
  },
})

describe('what a file is written in shows from what is in it', () => {
  it.each([
    ['<device schemaVersion="1.3"><name>X</name></device>', 'svd'],
    ['\ufeff<?xml version="1.0"?>\n<!-- by <hand> -->\n<device>', 'svd'],
    ['<ipxact:component xmlns:ipxact="x">', 'ipxact'],
    ['<?xml version="1.0"?><spirit:component>', 'ipxact'],
    ['<spirit:design/>', 'ipxact'],
    ['<EDKSYSTEM VIVADOVERSION="2022.1">', 'hwh'],
    ['{ "csr_bases": {}, "csr_registers": {} }', 'litex'],
    ['#---\n# made by LiteX\ncsr_base,uart,0xf0000000,,\n', 'litex'],
    ['blocks:\n  UART: { registers: { DR: 0 } }\n', 'yaml'],
    ['{ "blocks": {} }', 'yaml'],
    ['hello', 'yaml'],
    ['_modify: {}\nblocks: {}\n', 'yaml'],
    ['_svd: stm32.svd\nUSART1:\n  _strip: X\n', 'overlay'],
  ])('%s is %s', (text, format) => expect(formatOf(source(text))).toBe(format))

  it('also after thousands of comments that a web page could begin with', () => {
    const comments = '<!---->'.repeat(9000)
    expect(formatOf(source(`${comments}<device>`))).toBe('svd')
    expect(() => formatOf(source(`${comments}<svg/>`))).toThrow('found <svg>')
    expect(formatOf(source(`${'<!'.repeat(30_000)}`))).toBe('svd')
  })

  it.each([
    [[0x50, 0x4b, 0x03, 0x04, 0], 'xsa'],
    [[0x55, 0x15, 0xe1, 0x00, 3], 'regdb'],
  ])('bytes %j are %s', (bytes, format) => {
    expect(formatOf(source('PK\0', Uint8Array.from(bytes)))).toBe(format)
  })

  it.each([
    ['', 'chip:1:1: expected a description of registers, but it is empty'],
    [' \n\t', 'chip:1:1: expected a description of registers, but it is empty'],
    ['\x7fELF\x02\x01\0\0', 'chip:1:1: this is neither text nor a supported format'],
    [
      '<!DOCTYPE html>\n<html>',
      'chip:1:1: this is a web page, not a description: download the raw file',
    ],
    ['<HTML>', 'chip:1:1: this is a web page, not a description: download the raw file'],
    [
      '<svg/>',
      'chip:1:1: expected <device> (CMSIS-SVD), <component> (IP-XACT) or <EDKSYSTEM> (Vivado), and found <svg>',
    ],
    ['PK\u0003\u0004', 'chip:1:1: an archive is read from its bytes, but only text was given'],
  ])('%j is refused', (text, message) => {
    expect(() => formatOf(source(text))).toThrow(message)
  })
})

const chip = `<device><name>X</name><peripherals>
<peripheral><name>A</name><baseAddress>0x1000</baseAddress></peripheral>
<peripheral><name>B</name><baseAddress>0x2000</baseAddress></peripheral>
</peripherals></device>`

describe('a description', () => {
  it.each([
    ['<device><name>X</name><peripherals/></device>', 'X'],
    ['{ "csr_bases": {}, "csr_registers": {} }', 'chip'],
    ['<component><name>Y</name></component>', 'Y'],
    ['<EDKSYSTEM><SYSTEMINFO NAME="Z"/><MODULE INSTANCE="a"/></EDKSYSTEM>', 'Z'],
    ['name: W\nblocks: {}\n', 'W'],
  ])('%s is read by its reader', async (text, name) => {
    expect((await readDescription(source(text))).device.name).toBe(name)
  })

  it('is one with changes where an overlay names it', async () => {
    const overlay = {
      ...source('_svd: chip.svd\n_delete: A\n'),
      open: (name: string) => source(name === 'chip.svd' ? chip : '_svd: x\n'),
    }
    const { device } = await readDescription(overlay)
    expect(device.blocks.map(({ name }) => name)).toEqual(['B'])
    await expect(readDescription({ ...overlay, text: '_svd: other.yaml\n' })).rejects.toThrow(
      'chip:1:1: _svd: other.yaml is an overlay, too: expected a device',
    )
    await expect(readDescription({ ...overlay, text: '_delete: A\n' })).rejects.toThrow(
      'chip:1:1: this is an overlay, and names no device: name it under "overlays" beside the chip that it changes, or say there "_svd: FILE"',
    )
  })

  it('rejects with what its reader says', async () => {
    await expect(readDescription(source('hello'))).rejects.toThrow(
      'chip:1:1: expected a description of registers, with "blocks"',
    )
  })
})
