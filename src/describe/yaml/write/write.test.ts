import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Block, Cluster, Device, Field, Register } from '../../model.ts'
import { readYaml } from '../index.ts'
import { writeYaml } from './index.ts'

const open = () => {
  throw new Error('nothing beside it')
}

/** The device that the text of one reads as, which must be without issues. */
function again(device: Device): Device {
  const { text } = writeYaml(device, 'chip.svd')
  const { device: read, issues } = readYaml({ name: 'chip.yaml', text, open })
  const made = { ...read, blocks: read.blocks.map((one) => ({ ...one, children: one.children })) }
  expect({ issues, text }).toEqual({ issues: [], text })
  return made
}

const register: Register = {
  ...{ kind: 'register', name: 'CR', description: 'Control: "all" of it', offset: 0x30 },
  ...{ displayName: 'C-R', size: 16, width: 16, access: 'read-only', reset: 0x300n },
  ...{ resetMask: 0xfffn, readEffect: 'clear', endian: 'big', alternate: { group: 'g' } },
  fields: [
    { name: 'EN', lsb: 0, width: 1 },
    { name: 'MODE', lsb: 1, width: 2, description: 'How, or not: #1' },
    {
      ...{ name: 'CH[%s]', lsb: 4, width: 2, access: 'read-write', writeEffect: 'one-to-clear' },
      writeConstraint: { kind: 'range', minimum: 1n, maximum: 15n },
      enumerations: [
        { usage: 'read', values: [{ name: 'on/off', value: 1n, description: 'a: b' }] },
        {
          usage: 'write',
          values: [{ name: '1', value: 2n, mask: 2n }, { name: 'rest' }],
        },
      ],
      repeat: { count: 3, stride: 4 },
    },
  ],
}

const uart: Block = {
  ...{ name: 'UART0', description: 'A UART', base: 0xfe20_1000, group: 'serial' },
  matches: { compatible: ['arm,pl011'], pci: ['8086:100e'], within: 'reg0' },
  extents: [{ offset: 0, length: 0x1000 }],
  children: [
    register,
    {
      kind: 'register',
      name: 'DR',
      offset: 0,
      size: 32,
      width: 32,
      access: 'read-write',
      fields: [],
    },
    {
      ...{ kind: 'cluster', name: 'CH[%s]', offset: 0x100, repeat: { count: 4, stride: 0x20 } },
      children: [
        {
          ...{ kind: 'register', name: 'D%s', offset: 0, size: 8, width: 8, access: 'read-write' },
          ...{ fields: [], repeat: { count: 2, stride: 1, names: ['A', 'B'] } },
        },
      ],
    },
  ],
}

const device: Device = {
  ...{ name: 'chip', vendor: 'Example, Inc.', version: '1.0', endian: 'little', busWidth: 32 },
  blocks: [
    uart,
    {
      ...{ ...uart, name: 'UART1', base: 0xfe20_2000, matches: { acpi: ['ARMH0011'] } },
      derivedFrom: 'UART0',
    },
  ],
}

describe('a device in YAML', () => {
  it('is read as the same device', () => {
    expect(again(device)).toEqual(device)
    expect(writeYaml(device, 'chip.svd').changes).toEqual([])
  })

  it('looks as a person would write it, and says what is the same once', () => {
    const small = {
      ...uart,
      children: [
        { ...register, fields: register.fields.slice(0, 2) },
        ...uart.children.slice(1, 2),
      ],
    }
    const two = {
      ...device,
      blocks: [small, { ...small, name: 'UART1', base: 0x1000, derivedFrom: 'UART0' }],
    }
    expect(writeYaml(two, 'chip.svd').text).toBe(`name: chip
vendor: "Example, Inc."
version: "1.0"
bus-width: 32
blocks:
  UART0:
    description: A UART
    group: serial
    base: 0xfe201000
    compatible: ["arm,pl011"]
    pci: ["8086:100e"]
    within: reg0
    size: 0x1000
    registers:
      CR:
        offset: 0x30
        description: "Control: \\"all\\" of it"
        display-name: C-R
        width: 16
        access: read-only
        reset: 0x300
        reset-mask: 0xfff
        on-read: clear
        endian: big
        alternate-group: g
        fields:
          EN: 0
          MODE: [2:1, "How, or not: #1"]
      DR: 0x0
  UART1:
    description: A UART
    group: serial
    base: 0x1000
    compatible: ["arm,pl011"]
    pci: ["8086:100e"]
    within: reg0
    size: 0x1000
    is: UART0
`)
  })

  it('says how far apart elements are, except for those side by side', () => {
    const plain = {
      ...register,
      size: 32,
      width: 32 as const,
      fields: [],
      alternate: {},
      reset: 0n,
    }
    const children = [4, 8, 32].map((stride): Register => {
      return { ...plain, name: `A${stride}[%s]`, offset: stride * 16, repeat: { count: 2, stride } }
    })
    const [read] = again({ ...device, blocks: [{ ...uart, children }] }).blocks
    expect(read?.children.map(({ repeat }) => repeat?.stride)).toEqual([4, 8, 32])
    const alone = { ...plain, name: 'B[%s]', repeat: { count: 1, stride: 0 } }
    const cluster = { ...uart.children[2], repeat: { count: 1, stride: 0 } } as Cluster
    const [single] = again({ ...device, blocks: [{ ...uart, children: [alone, cluster] }] }).blocks
    expect(single?.children.map(({ repeat }) => repeat?.count)).toEqual([1, 1])
    expect(writeYaml({ ...device, blocks: [{ ...uart, children }] }, 'x').text).not.toContain(
      'stride: 4',
    )
  })

  it('keeps registers that have more bits than one access of the bus carries', () => {
    const wide = { ...register, size: 64, width: 32 as const, alternate: {}, reset: 0x1_0000_0000n }
    const fields = [{ name: 'HIGH', lsb: 40, width: 4 }]
    const children: Register[] = [
      { ...wide, name: 'COUNT', offset: 0, fields },
      { ...wide, name: 'A[%s]', offset: 8, fields, repeat: { count: 2, stride: 8 } },
    ]
    const of = { ...device, busWidth: 32 as const, blocks: [{ ...uart, children }] }
    const { text, changes } = writeYaml(of, 'chip.svd')
    const again = readYaml({ name: 'chip.yaml', text, open })
    const read = again.device.blocks[0]?.children as Register[]
    expect(changes).toEqual([])
    expect(again.issues.map(({ path, code, message }) => `${path}: ${code}: ${message}`)).toEqual([
      'UART0.COUNT: wider-than-bus: it has 64 bits, but the bus has 32: it is accessed with 32 bits',
      'UART0.A: wider-than-bus: it has 64 bits, but the bus has 32: it is accessed with 32 bits',
    ])
    expect(read.map(({ size, width, repeat }) => [size, width, repeat?.stride])).toEqual([
      [64, 32, undefined],
      [64, 32, 8],
    ])
    expect(read.map((one) => one.fields[0]?.lsb)).toEqual([40, 40])
    expect(read[0]?.reset).toBe(0x1_0000_0000n)
  })

  it('leaves out a register whose access YAML does not say, and tells', () => {
    const plain = { ...register, fields: [], alternate: {}, reset: 0n, size: 64 }
    const children: Register[] = [
      { ...plain, name: 'HALVES', width: 32 },
      { ...plain, name: 'WHOLE', width: 64 },
    ]
    const left = (busWidth: 32 | undefined) => {
      const { busWidth: _, ...rest } = device
      const of = { ...rest, ...(busWidth && { busWidth }), blocks: [{ ...uart, children }] }
      const { text, changes } = writeYaml(of, 'chip.svd')
      const { blocks } = readYaml({ name: 'x', text, open }).device
      const names = blocks[0]?.children.map(({ name }) => name)
      return [names, changes.map(({ path, message }) => `${path}: ${message}`)]
    }
    expect(left(undefined)).toEqual([
      ['WHOLE'],
      [
        'UART0.HALVES: it has 64 bits and accesses of 32, which YAML does not say of a bus of any width: it is left out',
      ],
    ])
    expect(left(32)).toEqual([
      ['HALVES'],
      [
        'UART0.WHOLE: it has 64 bits and accesses of 64, which YAML does not say of a bus of 32 bits: it is left out',
      ],
    ])
  })

  it('leaves out that a block has no bytes, which nothing could mean', () => {
    const empty = { ...uart, extents: [{ offset: 0, length: 0 }] }
    expect(again({ ...device, blocks: [empty] }).blocks[0]?.extents).toEqual([])
  })

  it('changes names that YAML does not take, or that stand twice, and tells', () => {
    const plain = { ...register, fields: [], alternate: {} }
    const children = [
      { ...plain, name: 'A B' },
      { ...plain, name: 'A_B' },
      { ...plain, name: 'X[%s]', repeat: { count: 2, stride: 2 } },
      { ...plain, name: 'X', size: 8, width: 32 as const },
      { ...plain, name: '%s' },
    ]
    const { text, changes } = writeYaml({ ...device, blocks: [{ ...uart, children }] }, 'chip.svd')
    const { blocks } = readYaml({ name: 'x', text, open }).device
    expect(blocks[0]?.children.map(({ name }) => name)).toEqual([
      ...['A_B', 'A_B_2', 'X[%s]', 'X_2', '_'],
    ])
    expect(changes.map(({ path, message }) => `${path}: ${message}`)).toEqual([
      'UART0.A B: it is called A_B',
      'UART0.A_B: it is called A_B_2',
      'UART0.X: it is called X_2',
      'UART0.X: it has 8 bits and accesses of 32: it is written with 32 bits',
      'UART0.%s: it is called _',
    ])
  })
})

describe('any device', () => {
  const anything = fc.oneof(
    fc.string({ minLength: 1 }),
    fc.string({ unit: 'binary', minLength: 1 }),
    fc.constantFrom('a: b # c', '%s', 'A[%s]'),
  )
  const name = fc.oneof(fc.stringMatching(/^[A-Z][A-Z0-9_]{0,4}$/), anything)
  const field: fc.Arbitrary<Field> = fc.record(
    { name, description: anything, lsb: fc.constant(3), width: fc.integer({ min: 1, max: 5 }) },
    { requiredKeys: ['name', 'lsb', 'width'] },
  )
  const one: fc.Arbitrary<Register> = fc.record(
    {
      kind: fc.constant('register' as const),
      name,
      description: anything,
      offset: fc.nat(0xffff).map((at) => at * 8),
      size: fc.constant(32),
      width: fc.constant(32 as const),
      access: fc.constantFrom('read-only' as const, 'read-write' as const),
      readEffect: fc.constantFrom('clear' as const, 'none' as const),
      writeEffect: fc.constantFrom('one-to-clear' as const, 'set' as const),
      fields: fc.array(field, { maxLength: 1 }),
    },
    { requiredKeys: ['kind', 'name', 'offset', 'size', 'width', 'access', 'fields'] },
  )
  const cluster: fc.Arbitrary<Cluster> = fc.record({
    kind: fc.constant('cluster' as const),
    name,
    offset: fc.nat(0xffff),
    children: fc.array(one, { maxLength: 2 }),
  })
  const block = fc.array(fc.oneof(one, cluster), { maxLength: 5 })

  it('is read as what it was, except for its names', () => {
    const bare = (all: Block['children']): unknown =>
      all.map(({ name: _, ...rest }) =>
        rest.kind === 'cluster'
          ? { ...rest, children: bare(rest.children) }
          : { ...rest, fields: rest.fields.map(({ name: _, ...more }) => more) },
      )
    fc.assert(
      fc.property(block, anything, anything, (children, block, description) => {
        const written = { name: block, description, base: 16, extents: [], children }
        const all = {
          name: 'x',
          endian: 'little' as const,
          blocks: [written, { ...written, base: 32 }],
        }
        const { text } = writeYaml(all, 'x')
        const { device: read, issues } = readYaml({ name: 'x.yaml', text, open })
        const errors = issues.filter(({ severity }) => severity === 'error')
        expect({ errors, text }).toEqual({ errors: [], text })
        for (const one of read.blocks) expect(bare(one.children)).toEqual(bare(children))
        expect(read.blocks.map(({ description: said = '' }) => said)).toEqual([
          description,
          description,
        ])
      }),
    )
  })
})
