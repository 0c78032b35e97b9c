import { describe, expect, it } from 'vitest'
import { readYaml } from './read.ts'
import { EXAMPLE } from './testing/example.ts'
import {
  block,
  blockOf,
  fieldOf,
  issuesOf,
  partOf,
  read,
  registerOf,
  sourceOf,
} from './testing/text.ts'

describe('readYaml', () => {
  const description = read(EXAMPLE)

  it('reads without an issue what is right', () => {
    expect(issuesOf(description)).toEqual([])
    const { name, vendor, version, endian, busWidth } = description.device
    expect([name, vendor, version, endian, busWidth]).toEqual([
      'chip',
      'Example Ltd',
      '1.2',
      'big',
      32,
    ])
  })

  it('reads what tells of which device a block is', () => {
    const { children: _children, ...uart } = blockOf(description, 'uart')
    expect(uart).toEqual({
      name: 'uart',
      description: 'A serial port',
      source: 'DDI 0183, section 3.3',
      matches: {
        compatible: ['arm,pl011', 'arm,sbsa-uart'],
        pci: ['8086:100e'],
        pciClass: ['0700'],
        acpi: ['ARMH0011'],
        within: 'bar0',
      },
      extents: [{ offset: 0, length: 4096 }],
    })
  })

  it('reads a register with its fields, and the names of their values', () => {
    expect(registerOf(description, 'uart.FR')).toEqual({
      kind: 'register',
      name: 'FR',
      offset: 0x18,
      size: 16,
      width: 16,
      access: 'read-only',
      reset: 0x90n,
      readEffect: 'none',
      fields: [
        { name: 'TXFE', lsb: 7, width: 1 },
        { name: 'RXFE', lsb: 4, width: 1, description: 'Nothing to read' },
        {
          name: 'MODE',
          lsb: 1,
          width: 2,
          enumerations: [
            {
              usage: 'read-write',
              values: [
                { name: 'slow', value: 0n },
                { name: 'fast', value: 2n, mask: 2n },
                { name: 'odd' },
              ],
            },
          ],
        },
        {
          name: 'BUSY',
          lsb: 3,
          width: 1,
          access: 'read-only',
          enumerations: [
            {
              name: 'OnOff',
              usage: 'read-write',
              values: [
                { name: 'off', value: 0n },
                { name: 'on', value: 1n, description: 'It works' },
              ],
            },
          ],
        },
      ],
    })
    expect(registerOf(description, 'uart.ICR').fields.map(({ name }) => name)).toEqual([
      'TX',
      'RX',
      'ALL',
    ])
  })

  it('reads what repeats, and registers in registers', () => {
    expect(registerOf(description, 'uart.FIFO[%s]').repeat).toEqual({ count: 4, stride: 4 })
    expect(partOf(description, 'uart.CH[%s]')).toMatchObject({
      kind: 'cluster',
      offset: 0x100,
      repeat: { count: 2, stride: 0x40, names: ['A', 'B'] },
      children: [
        { name: 'ADDR', offset: 0 },
        { name: 'LEN', offset: 4, writeConstraint: { kind: 'range', minimum: 1n, maximum: 64n } },
      ],
    })
  })

  it('takes over the registers of another block, but not what it is found by', () => {
    const uart0 = blockOf(description, 'uart0')
    expect(uart0).toMatchObject({
      base: 0x9000_0000,
      derivedFrom: 'uart',
      description: 'A serial port',
    })
    expect(uart0.matches).toBeUndefined()
    expect(uart0.children.map(({ name }) => name)).toEqual([
      ...blockOf(description, 'uart').children.map(({ name }) => name),
      'EXTRA',
    ])
    expect(registerOf(description, 'uart0.FR')).toMatchObject({
      reset: 0x80n,
      offset: 0x18,
      size: 16,
    })
    expect(fieldOf(description, 'uart0.FR', 'TXFE')).toMatchObject({ lsb: 7 })
  })

  it('takes over a register of the same block, but not where it is', () => {
    const made = read(
      block('A: { offset: 0, access: ro, count: 2, fields: { X: 3 } }\nB: { is: A, offset: 8 }'),
    )
    expect(issuesOf(made)).toEqual([])
    expect(registerOf(made, 'U.B')).toMatchObject({
      offset: 8,
      access: 'read-only',
      fields: [{ name: 'X' }],
    })
    expect(registerOf(made, 'U.B').repeat).toBeUndefined()
  })

  it('makes registers of 2^32 elements without making the elements', () => {
    const made = read(block('A: { offset: 0, count: 4G }'))
    expect(registerOf(made, 'U.A[%s]').repeat).toEqual({ count: 2 ** 32, stride: 4 })
  })

  it('takes a name with a comma in braces, and tells of one in brackets', () => {
    const { device, issues } = read(
      'blocks: { U: { compatible: arm,pl011,x, size: 8,source: a, registers: {} }, V: { compatible: [arm,pl011], registers: {} } }',
    )
    expect(device.blocks[0]).toMatchObject({
      matches: { compatible: ['arm,pl011,x'] },
      source: 'a',
      extents: [{ length: 8 }],
    })
    expect(issues.map(({ message, column }) => [message, column])).toEqual([
      ['compatible: in a list in brackets, a name with a comma must be quoted: "arm,pl011"', 94],
    ])
  })

  it('stops where registers that are as others come to more than 250,000', () => {
    let inner = '{ r: 0 }'
    for (let level = 0; level < 10; level++) {
      const more = Array.from({ length: 9 }, (_, index) => `c${index}: { offset: ${index}, is: c }`)
      inner = `{ c: { offset: 0, registers: ${inner} }, ${more.join(', ')} }`
    }
    const { issues } = read(`blocks: { U: { registers: ${inner} } }`)
    expect(issues.map(({ code }) => code)).toEqual(['too-many'])
    expect(issues[0]?.message).toBe(
      'all parts of this file are more than 250000: those from here on are left out',
    )
  }, 60_000)

  it('makes the registers of a block only when they are asked for', () => {
    const description = readYaml(sourceOf('blocks: { U: { registers: { A: x } } }'))
    expect(description.issues).toEqual([])
    expect(blockOf(description, 'U').children).toEqual([])
    expect(description.issues).toHaveLength(1)
  })
})
