import { describe, expect, it } from 'vitest'
import type { Cluster, Description, Register } from '../model.ts'
import { readIpxact } from './index.ts'
import { parseLiteral } from './numbers.ts'

const read = (text: string, name = 'chip.xml'): Description =>
  readIpxact({
    ...{ name, text },
    open: () => {
      throw new Error('nothing beside it')
    },
  })

const messages = ({ issues }: Description) =>
  issues.map(({ line, path, message }) => `${line} ${path}: ${message}`)

/** A component whose memory map has this in it, with the prefix of a version. */
const component = (inside: string, prefix = 'ipxact', version = '1685-2014') => {
  const said = `<component xmlns:ipxact="http://www.accellera.org/XMLSchema/IPXACT/${version}">
<vendor>example.org</vendor><name>uart</name><version>1.0</version>
<memoryMaps><memoryMap><name>regs</name>
${inside}
</memoryMap></memoryMaps></component>`
  return said.replace(/<(\/?)(?=\w)/g, `<$1${prefix}:`)
}

const block = (inside: string, base = "'h0") =>
  `<addressBlock><name>UART</name><baseAddress>${base}</baseAddress><range>'h1000</range><width>32</width>
${inside}
</addressBlock>`

const register = (inside: string, name = 'CR', offset = "'h30") =>
  `<register><name>${name}</name><addressOffset>${offset}</addressOffset><size>32</size>${inside}</register>`

const first = ({ device }: Description): Register =>
  device.blocks[0]?.children[0] as unknown as Register

describe('IP-XACT of 2014', () => {
  const full = register(`
<displayName>Control</displayName><description>Controls  the
UART</description><access>read-write</access>
<field><name>EN</name><bitOffset>0</bitOffset><resets><reset><value>'h1</value></reset></resets><bitWidth>1</bitWidth>
<access>read-write</access><modifiedWriteValue>oneToToggle</modifiedWriteValue></field>
<field><name>STAT</name><bitOffset>4</bitOffset><bitWidth>2</bitWidth><access>read-only</access>
<readAction>clear</readAction><enumeratedValues><enumeratedValue usage="read"><name>idle</name><value>0</value></enumeratedValue>
<enumeratedValue><name>busy</name><description>It runs</description><value>2'b10</value></enumeratedValue></enumeratedValues></field>
<field><name>DIV</name><bitOffset>8</bitOffset><bitWidth>8</bitWidth>
<writeValueConstraint><minimum>1</minimum><maximum>8'hFF</maximum></writeValueConstraint></field>`)

  it('gives registers, fields, values, effects and resets', () => {
    const described = read(component(block(full)))
    expect(described.issues).toEqual([])
    expect(described.device).toMatchObject({ name: 'uart', vendor: 'example.org', version: '1.0' })
    const [uart] = described.device.blocks
    expect(uart).toMatchObject({ name: 'UART', extents: [{ offset: 0, length: 0x1000 }] })
    expect(uart).not.toHaveProperty('base')
    expect(first(described)).toEqual({
      ...{ kind: 'register', name: 'CR', displayName: 'Control', description: 'Controls the UART' },
      ...{ offset: 0x30, size: 32, width: 32, access: 'read-write', reset: 1n, resetMask: 1n },
      fields: [
        {
          ...{ name: 'EN', lsb: 0, width: 1, access: 'read-write' },
          writeEffect: 'one-to-toggle',
        },
        {
          ...{ name: 'STAT', lsb: 4, width: 2, access: 'read-only', readEffect: 'clear' },
          enumerations: [
            { usage: 'read', values: [{ name: 'idle', value: 0n }] },
            {
              usage: 'read-write',
              values: [{ name: 'busy', description: 'It runs', value: 2n }],
            },
          ],
        },
        {
          ...{ name: 'DIV', lsb: 8, width: 8 },
          writeConstraint: { kind: 'range', minimum: 1n, maximum: 255n },
        },
      ],
    })
  })

  it('has arrays, register files and alternates', () => {
    const inside = `<registerFile><name>CH</name><dim>4</dim><addressOffset>0x100</addressOffset><range>0x20</range>
${register('<dim>8</dim>', 'DATA', '0x0')}
${register('<alternateRegisters><alternateRegister><name>DLL</name></alternateRegister></alternateRegisters>', 'THR', '0x1c')}
</registerFile>`
    const [uart] = read(component(block(inside))).device.blocks
    const channel = uart?.children[0] as Cluster
    expect(channel).toMatchObject({
      name: 'CH[%s]',
      offset: 0x100,
      repeat: { count: 4, stride: 32 },
    })
    expect(channel.children).toMatchObject([
      { name: 'DATA[%s]', repeat: { count: 8, stride: 4 } },
      { name: 'THR' },
      { name: 'DLL', offset: 0x1c, alternate: { register: 'THR' } },
    ])
  })

  it('has addresses where no block is at 0, and one block where one is', () => {
    const two = (base: string) =>
      component(block(register(''), base) + block(register(''), "'h4000").replaceAll('UART', 'SPI'))
    const bases = ({ device }: Description) => device.blocks.map(({ name, base }) => [name, base])
    expect(bases(read(two("'h2000")))).toEqual([
      ['UART', 0x2000],
      ['SPI', 0x4000],
    ])
    const [only, ...others] = read(two('0')).device.blocks
    expect(others).toEqual([])
    expect(only).toMatchObject({
      name: 'regs',
      children: [
        { kind: 'cluster', name: 'UART', offset: 0 },
        { kind: 'cluster', name: 'SPI', offset: 0x4000 },
      ],
    })
  })
})

describe('other versions', () => {
  it('2009: spirit, the reset at the register, suffixes', () => {
    const inside = register('<reset><value>0x10</value><mask>0xff</mask></reset>', 'CR', '1K')
    const described = read(component(block(inside), 'spirit', '1685-2009'))
    expect(described.issues).toEqual([])
    expect(first(described)).toMatchObject({ offset: 1024, reset: 16n, resetMask: 0xffn })
  })

  it('2022: policies, an array with its stride', () => {
    const inside = register(`<array><dim>3</dim><stride>8</stride></array>
<accessPolicies><accessPolicy><access>read-only</access></accessPolicy></accessPolicies>
<field><name>A</name><bitOffset>0</bitOffset><bitWidth>4</bitWidth>
<fieldAccessPolicies><fieldAccessPolicy><access>read-write</access>
<modifiedWriteValue>oneToClear</modifiedWriteValue><readAction>set</readAction></fieldAccessPolicy></fieldAccessPolicies></field>
<field><name>B</name><bitOffset>4</bitOffset><bitWidth>4</bitWidth>
<fieldAccessPolicies><fieldAccessPolicy><access>no-access</access></fieldAccessPolicy></fieldAccessPolicies></field>`)
    const described = read(component(block(inside), 'ipxact', '1685-2022'))
    expect(described.issues).toEqual([])
    expect(first(described)).toMatchObject({
      ...{ name: 'CR[%s]', access: 'read-only', repeat: { count: 3, stride: 8 } },
      fields: [{ name: 'A', writeEffect: 'one-to-clear', readEffect: 'set' }],
    })
  })

  it('what peakrdl ip-xact writes of SystemRDL', () => {
    // In the shape of its output: one address block, literals of SystemVerilog, resets at the fields.
    const text = `<?xml version="1.0" encoding="utf-8"?>
<ipxact:component xmlns:ipxact="http://www.accellera.org/XMLSchema/IPXACT/1685-2014" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
  <ipxact:vendor>example.org</ipxact:vendor>
  <ipxact:library>mylibrary</ipxact:library>
  <ipxact:name>timer</ipxact:name>
  <ipxact:version>1.0</ipxact:version>
  <ipxact:memoryMaps>
    <ipxact:memoryMap>
      <ipxact:name>timer_mmap</ipxact:name>
      <ipxact:addressBlock>
        <ipxact:name>timer</ipxact:name>
        <ipxact:baseAddress>'h0</ipxact:baseAddress>
        <ipxact:range>'h10</ipxact:range>
        <ipxact:width>32</ipxact:width>
        <ipxact:register>
          <ipxact:name>IRQ</ipxact:name>
          <ipxact:addressOffset>'h4</ipxact:addressOffset>
          <ipxact:size>32</ipxact:size>
          <ipxact:field>
            <ipxact:name>EXPIRED</ipxact:name>
            <ipxact:bitOffset>0</ipxact:bitOffset>
            <ipxact:resets>
              <ipxact:reset>
                <ipxact:value>'h0</ipxact:value>
              </ipxact:reset>
            </ipxact:resets>
            <ipxact:bitWidth>1</ipxact:bitWidth>
            <ipxact:access>read-write</ipxact:access>
            <ipxact:modifiedWriteValue>oneToClear</ipxact:modifiedWriteValue>
          </ipxact:field>
        </ipxact:register>
      </ipxact:addressBlock>
      <ipxact:addressUnitBits>8</ipxact:addressUnitBits>
    </ipxact:memoryMap>
  </ipxact:memoryMaps>
</ipxact:component>
`
    const described = read(text)
    expect(described.issues).toEqual([])
    expect(first(described)).toMatchObject({
      ...{ name: 'IRQ', offset: 4, reset: 0n, resetMask: 1n },
      fields: [{ name: 'EXPIRED', writeEffect: 'one-to-clear' }],
    })
  })
})

describe('what is wrong is told, and left out alone', () => {
  it.each([
    [
      register('', 'A', 'REG_BASE * 4'),
      'UART.A: addressOffset: "REG_BASE * 4" is an expression or no number: only literals are read',
    ],
    [
      register('<access>sometimes</access>', 'A'),
      'UART.A: access: expected one of read-only, read-write, write-only, read-writeOnce, writeOnce, no-access, got "sometimes": it is ignored',
    ],
    [
      register('').replace('<size>32</size>', '<size>128</size>'),
      'UART.CR: it has 128 bits: no access has more than 64',
    ],
    [register('').replace('<size>32</size>', ''), 'UART.CR: it has no <size>'],
    [register('<dim>0</dim>'), 'UART.CR: it has 0 elements: expected 1 to 2^32'],
    [register('<dim>2</dim><dim>3</dim>'), 'UART.CR: its 2 dimensions are read as one, row by row'],
    [
      register('<field><name>F</name><bitOffset>30</bitOffset><bitWidth>4</bitWidth></field>'),
      'UART.CR.F: bits 33:30 do not exist: the register has bits 0 to 31',
    ],
    [
      register('<isPresent>HAS_CR</isPresent>'),
      'UART.CR: isPresent: "HAS_CR" is an expression: it is taken as present',
    ],
    [
      '<registerFile><name>F</name><dim>2</dim><addressOffset>0</addressOffset></registerFile>',
      'UART.F: it repeats, but has no <range> that says how far apart',
    ],
    ['<register><addressOffset>0</addressOffset></register>', 'UART: a register has no <name>'],
  ])('%s', (inside, message) => {
    expect(messages(read(component(block(inside))))).toEqual([`5 ${message}`])
  })

  it.each([
    ['<bank><name>b</name></bank>', '4 regs: a <bank> is not read: its registers are left out'],
    [
      '<addressUnitBits>3</addressUnitBits>',
      '3 regs: addressUnitBits is 3: expected a multiple of 8',
    ],
  ])('%s', (inside, message) => {
    expect(messages(read(component(inside)))).toEqual([message])
  })

  it.each([
    [
      '<ipxact:design/>',
      'chip.xml:1:1: expected <component> of IP-XACT, which has registers, and found <design>',
    ],
    [
      '<!DOCTYPE x [<!ENTITY a "b">]><component/>',
      'chip.xml:1:30: a document type (<!DOCTYPE) is refused, since no description needs its entities',
    ],
    ['<component>\n<name>', 'chip.xml:2:6: the file is cut off: it ends within <name> of line 2'],
    ['<component></name>', 'chip.xml:1:18: this is not well-formed XML: unexpected close tag'],
    ['<a>'.repeat(300), 'chip.xml:1:601: elements nest more than 200 deep'],
  ])('refuses %s', (text, message) => {
    expect(() => read(text)).toThrow(message)
  })
})

describe('numbers', () => {
  it.each([
    ['16', 16n],
    ['0x1F', 31n],
    ['4K', 4096n],
    ["'h10", 16n],
    ["32'hFF_00", 0xff00n],
    ["8'b0000_0101", 5n],
    ["8'd12", 12n],
    ["'o17", 15n],
    ["'h1000 + 'h10", 0x1010n],
    ['', undefined],
    ["'b12", undefined],
    ['A + 1', undefined],
    ['(1 << 4)', undefined],
    ['-1', undefined],
  ])('%s is %s', (text, value) => expect(parseLiteral(text)).toBe(value))
})
