import { describe, expect, it } from 'vitest'
import type { Description } from '../model.ts'
import { readRegdb } from './index.ts'
import { databaseOf } from './testing/databases.ts'

const example = databaseOf({
  blocks: [
    { name: 'DSI', base: 0xfd92_2000n, size: 0x1000n, registers: [0, 1] },
    { name: 'DSI2', base: 0xfd92_3000n, size: 0x1000n, registers: [0], endian: 1 },
  ],
  registers: [
    { name: 'CTRL', offset: 0x10n, reset: 5n, fields: [0, 1] },
    { name: 'BYTE', offset: 0x14n, bytes: 1, fields: [] },
  ],
  fields: [
    { name: 'EN', high: 0, low: 0 },
    { name: 'MODE', high: 7, low: 4 },
  ],
})

const read = (bytes: Uint8Array): Description =>
  readRegdb({
    ...{ name: 'board.regdb', text: '', bytes },
    open: () => {
      throw new Error('nothing beside it')
    },
  })

describe('a database of rwmem', () => {
  it('gives its blocks, registers and fields, also those that blocks share', () => {
    const { device, issues } = read(example)
    expect(issues).toEqual([])
    expect(device.name).toBe('board')
    expect(device.blocks.map(({ name, base }) => [name, base])).toEqual([
      ['DSI', 0xfd92_2000],
      ['DSI2', 0xfd92_3000],
    ])
    const CTRL = {
      ...{ kind: 'register', name: 'CTRL', description: 'the CTRL', offset: 0x10, reset: 5n },
      ...{ size: 32, width: 32, access: 'read-write' },
      fields: [
        { name: 'EN', lsb: 0, width: 1 },
        { name: 'MODE', lsb: 4, width: 4 },
      ],
    }
    expect(device.blocks[0]?.children[0]).toEqual(CTRL)
    expect(device.blocks[0]?.children[1]).toMatchObject({ name: 'BYTE', size: 8, width: 8 })
    expect(device.blocks[1]?.children).toEqual([{ ...CTRL, endian: 'big' }])
  })

  it('is refused of another version, cut off, or not one at all', () => {
    const old = example.slice()
    old[4] = 2
    expect(() => read(old)).toThrow(
      'board.regdb:1:1: version 2 of regdb: only version 3 is read, regenerate it with a current rwmem',
    )
    expect(() => read(example.subarray(0, 150))).toThrow(
      'board.regdb:1:1: the file is cut off: its header announces 212 bytes, but it has 150',
    )
    expect(() => read(new Uint8Array(64))).toThrow(
      'board.regdb:1:1: expected a register database of rwmem (.regdb)',
    )
  })

  it('leaves out a field that is not in its register, and a block without an address', () => {
    const { device, issues } = read(
      databaseOf({
        blocks: [
          { name: 'A', base: 0n, size: 16n, registers: [0] },
          { name: 'B', base: 2n ** 60n, size: 16n, registers: [] },
        ],
        registers: [{ name: 'R', offset: 0n, fields: [0, 9], bytes: 2 }],
        fields: [{ name: 'F', high: 31, low: 0 }],
      }),
    )
    expect(device.blocks.map(({ name, children }) => [name, children.length])).toEqual([['A', 1]])
    expect(issues.map(({ path, message }) => `${path}: ${message}`)).toEqual([
      'A.R: its list names a field that is not in the file',
      'A.R.F: bits 31:0: the register has bits 0 to 15',
      'B: it ends at 0x1000000000000010: no CPU has such an address',
    ])
  })
})
