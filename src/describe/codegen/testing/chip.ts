/** A chip with one register for each way that code is generated. */
import type { Block, Cluster, Device, Field, Register } from '../../model.ts'

export function field(name: string, lsb: number, width = 1, more: Partial<Field> = {}): Field {
  return { name, lsb, width, ...more }
}

export function register(
  name: string,
  offset: number,
  fields: readonly Field[] = [],
  more: Partial<Register> = {},
): Register {
  const common = { kind: 'register', size: 32, width: 32, access: 'read-write' } as const
  return { ...common, name, offset, fields, ...more }
}

export function block(
  name: string,
  base: number,
  children: readonly (Register | Cluster)[],
  more: Partial<Block> = {},
): Block {
  return { name, base, extents: [{ offset: 0, length: 0x1000 }], children, ...more }
}

const stop = {
  usage: 'read-write' as const,
  values: [
    { name: 'One', value: 0n, description: 'one stop bit' },
    { name: 'Two', value: 1n },
  ],
}
const mode = {
  usage: 'read-write' as const,
  values: [
    { name: 'Off', value: 0n },
    { name: '16-bit', value: 1n },
    { name: 'Fast', value: 2n, mask: 2n },
  ],
}

const uart: readonly (Register | Cluster)[] = [
  register('DR', 0x0, [], {
    description: 'Data */ of the FIFO',
    fields: [field('DATA', 0, 8), field('OE', 11, 1, { access: 'read-only' })],
    readEffect: 'modify',
  }),
  register('FR', 0x18, [field('BUSY', 3), field('TXFE', 7)], { access: 'read-only' }),
  register(
    'CR',
    0x30,
    [
      field('UARTEN', 0, 1, { description: 'Enables the UART' }),
      field('STOP', 3, 1, { enumerations: [stop] }),
      field('MODE', 4, 2, { enumerations: [mode] }),
      field('LEVEL', 8, 6),
      field('BUSY', 15, 1, { access: 'read-only' }),
    ],
    { reset: 0x300n, description: 'Control register' },
  ),
  register('TX', 0x40, [field('BYTE', 0, 8)], { access: 'write-only' }),
  register(
    'STATUS',
    0x44,
    [
      field('ERROR', 0, 1, { writeEffect: 'one-to-clear' }),
      field('LATCH', 1, 1, { writeEffect: 'zero-to-clear' }),
      field('ENABLE', 2),
      field('KEY', 8, 8, { access: 'write-only' }),
    ],
    { reset: 0x5a00n },
  ),
]

export const chip: Device = {
  name: 'toy',
  description: 'A chip that is none',
  endian: 'little',
  blocks: [
    block('UART0', 0x0900_0000, uart, { description: 'Serial port' }),
    block('UART1', 0x0900_1000, uart),
    block('GRF', 0x0a00_0000, [
      register('CON', 0x0, [field('A', 0), field('B', 4, 4), field('A_WE', 16)], {
        highWordMask: true,
      }),
      register('MTIME', 0x8, [field('LOW', 0, 32), field('HIGH', 32, 32), field('TOP', 63)], {
        ...{ size: 64, width: 64, access: 'read-only' },
      }),
      register('CMP', 0x10, [field('VALUE', 0, 48), field('ON', 63)], { size: 64, width: 64 }),
      register('BIG', 0x18, [field('LOW', 0, 8), field('HIGH', 24, 8)], { endian: 'big' }),
      register('LOCK', 0x1c, [field('SET', 0)], { access: 'read-write-once' }),
      register('BYTE', 0x20, [field('ALL', 0, 8)], { size: 8, width: 8 }),
      register('MANY', 0x28, [
        ...Array.from({ length: 8 }, (_, bit) => field(`F${bit}`, bit)),
        field('DONE', 31, 1, { access: 'read-only' }),
      ]),
      register('BOTH', 0x24, [field('WHOLE', 0, 8), field('NIBBLE', 0, 4)]),
    ]),
    block(
      'SPI[%s]',
      0x0b00_0000,
      [
        register('FIFO[%s]', 0x20, [field('DATA', 0, 32)], { repeat: { count: 4, stride: 4 } }),
        register('PIN%s', 0x40, [], { repeat: { count: 2, stride: 4, names: ['A', 'B'] } }),
        register('BUF[%s]', 0x1000, [field('D', 0, 32)], { repeat: { count: 9000, stride: 4 } }),
        {
          ...{ kind: 'cluster', name: 'CH[%s]', offset: 0x80, repeat: { count: 2, stride: 0x10 } },
          children: [
            register('CTRL', 0x4, [field('F%s', 0, 1, { repeat: { count: 2, stride: 1 } })]),
          ],
        },
      ],
      { repeat: { count: 2, stride: 0x10000 } },
    ),
    block('class', 0x0c00_0000, [
      register('0INT-RAW', 0x0, [field('constructor', 0), field('a b', 1), field('a-b', 2)]),
      register('CR', 0x4, []),
      register('CR', 0x8, []),
    ]),
  ],
}
