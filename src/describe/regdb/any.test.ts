/** Databases that are made at random, most of them whole. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RequestError } from '../../base/errors.ts'
import { ADDRESS_LIMIT } from '../../base/limits.ts'
import { fieldsOf, registersOf } from '../lookup.ts'
import type { Description } from '../model.ts'
import { readRegdb } from './index.ts'
import { anyDatabase, type Database, databaseOf } from './testing/databases.ts'

const read = (bytes: Uint8Array): Description =>
  readRegdb({
    ...{ name: 'board.regdb', text: '', bytes },
    open: () => {
      throw new Error('nothing beside it')
    },
  })

/** What a reader is to make of it. */
function blocksOf({ blocks, registers, fields }: Database) {
  return blocks.map(({ name, base, size, registers: listed, endian }) => ({
    ...{ name, base: Number(base) },
    extents: size === 0n ? [] : [{ offset: 0, length: Number(size) }],
    children: listed.flatMap((index) => {
      const one = registers[index]
      if (one === undefined) return []
      const width = (one.bytes || 4) * 8
      const register = {
        ...{ kind: 'register', name: one.name, description: `the ${one.name}`, size: width, width },
        ...{ offset: Number(one.offset), access: 'read-write' },
        ...(one.reset ? { reset: one.reset } : {}),
        ...(endian === 1 ? { endian: 'big' } : {}),
        fields: one.fields.flatMap((at) => {
          const field = fields[at]
          if (field === undefined) return []
          const { name, low, high } = field
          return [{ name, lsb: low, width: high - low + 1 }]
        }),
      }
      return [register]
    }),
  }))
}

describe('any database', () => {
  it('has its blocks, registers and fields, also those that are shared', () => {
    fc.assert(
      fc.property(anyDatabase, (database) => {
        const { device, issues } = read(databaseOf(database))
        expect(issues).toEqual([])
        expect(device).toEqual({ name: 'board', endian: 'little', blocks: blocksOf(database) })
      }),
    )
  })

  it('is refused where it is cut off before its texts', () => {
    fc.assert(
      fc.property(anyDatabase, fc.nat(), (database, which) => {
        const whole = databaseOf(database)
        const { blocks, registers, fields } = database
        const indices = [
          ...blocks.map((one) => one.registers),
          ...registers.map((one) => one.fields),
        ]
        const end =
          32 +
          blocks.length * 36 +
          registers.length * 34 +
          fields.length * 10 +
          4 * indices.flat().length
        expect(() => read(whole.subarray(0, which % end))).toThrow(RequestError)
        // Without its texts all parts are there, and have numbers for names.
        const { device } = read(whole.subarray(0, end))
        expect(device.blocks.map(({ name }) => name)).toEqual(blocks.map((_, at) => `block_${at}`))
      }),
    )
  })

  it('that is damaged gives nothing that cannot be accessed', () => {
    let accepted = 0
    const changes = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 })
    fc.assert(
      fc.property(anyDatabase, changes, (database, all) => {
        const bytes = databaseOf(database)
        for (const [at, value] of all) bytes[at % bytes.length] = value
        let described: Description
        try {
          described = read(bytes)
        } catch (error) {
          expect(error).toBeInstanceOf(RequestError)
          return
        }
        accepted++
        expect(described.device.blocks.length * 36).toBeLessThanOrEqual(bytes.length)
        for (const block of described.device.blocks) {
          expect((block.base ?? 0) + (block.extents[0]?.length ?? 0)).toBeLessThanOrEqual(
            ADDRESS_LIMIT,
          )
          for (const { register } of registersOf(block)) {
            expect([8, 16, 32, 64]).toContain(register.width)
            for (const { lsb, width } of fieldsOf(register)) {
              expect(width).toBeGreaterThan(0)
              expect(lsb + width).toBeLessThanOrEqual(register.size)
            }
          }
        }
      }),
    )
    expect(accepted).toBeGreaterThan(0)
  })
})
