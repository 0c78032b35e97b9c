/** Components that are made at random, most of them whole. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RequestError } from '../../base/errors.ts'
import type { Block, Description } from '../model.ts'
import { readIpxact } from './index.ts'
import {
  anyBlocks,
  anyStyle,
  componentOf,
  type FilePart,
  type RegisterPart,
  type Year,
} from './testing/components.ts'

const read = (text: string): Description =>
  readIpxact({
    ...{ name: 'chip.xml', text },
    open: () => {
      throw new Error('nothing beside it')
    },
  })

/** What a reader is to make of a part; `year`: in 2009 resets are not at the fields. */
function expected(one: RegisterPart | FilePart, year: Year): unknown {
  const name = one.count === undefined ? one.name : `${one.name}[%s]`
  if (one.kind === 'file') {
    const children = one.children.map((child) => expected(child, year))
    const repeat =
      one.count === undefined ? {} : { repeat: { count: one.count, stride: one.range } }
    return { kind: 'cluster', name, offset: one.offset, children, ...repeat }
  }
  const { offset, size, fields, count } = one
  const known = year === '2009' ? [] : fields.filter(({ reset }) => reset !== undefined)
  const ones = (width: number) => (1n << BigInt(width)) - 1n
  const [reset, resetMask] = known.reduce(
    ([value, mask], field) => [
      value | ((field.reset ?? 0n) << BigInt(field.lsb)),
      mask | (ones(field.width) << BigInt(field.lsb)),
    ],
    [0n, 0n],
  )
  return {
    ...{ kind: 'register', name, offset, size, access: 'read-write' },
    width: [8, 16, 32, 64].find((width) => width >= size),
    ...(known.length === 0 ? {} : { reset }),
    ...(known.length === 0 || resetMask === ones(size) ? {} : { resetMask }),
    fields: fields.map(({ name, lsb, width }) => ({ name, lsb, width })),
    ...(count === undefined ? {} : { repeat: { count, stride: Math.ceil(size / 8) } }),
  }
}

describe('any component', () => {
  it('has its blocks, register files, registers and fields, in the words of each year', () => {
    fc.assert(
      fc.property(anyBlocks, anyStyle, (blocks, style) => {
        const { device, issues } = read(componentOf(blocks, style))
        expect(issues).toEqual([])
        expect(device.blocks).toEqual(
          blocks.map(({ name, base, range, children }) => ({
            ...{ name, base, extents: [{ offset: 0, length: range, usage: 'registers' }] },
            children: children.map((child) => expected(child, style.year)),
          })),
        )
      }),
    )
  })

  it('loses a register whose number is none, and nothing else', () => {
    const wrong = fc.constantFrom('WIDTH * 2', '-4', '0x', "'h", "'b2", 'four')
    fc.assert(
      fc.property(anyBlocks, anyStyle, wrong, fc.nat(), (blocks, style, text, which) => {
        const whole = componentOf(blocks, style)
        const all = [...whole.matchAll(/(?<=<\w+:addressOffset>)[^<]+/g)]
        const hit = all[which % all.length]
        if (hit === undefined) throw new Error('no register')
        const end = hit.index + hit[0].length
        const { device, issues } = read(whole.slice(0, hit.index) + text + whole.slice(end))
        expect(issues).toHaveLength(1)
        expect(issues[0]).toMatchObject({
          ...{ severity: 'error', code: 'expression' },
          message: `addressOffset: "${text}" is an expression or no number: only literals are read`,
        })
        const lost = count(read(whole).device.blocks) - count(device.blocks)
        // A register file is lost with what is in it.
        expect(lost).toBeGreaterThan(0)
        const [path = ''] = issues.map((one) => one.path)
        expect(count(device.blocks, path)).toBe(0)
      }),
    )
  })

  it('that is damaged is a description, or an error of the request', () => {
    const damage = fc.tuple(fc.nat(), fc.nat(40), fc.string({ maxLength: 6 }))
    // XML allows little: most damage is refused, and without any nothing is.
    const cut = fc.oneof(damage, fc.constant([0, 0, ''] as const))
    let accepted = 0
    fc.assert(
      fc.property(anyBlocks, anyStyle, cut, (blocks, style, [at, length, more]) => {
        const whole = componentOf(blocks, style)
        const start = at % whole.length
        const text = whole.slice(0, start) + more + whole.slice(start + length)
        try {
          const { device } = read(text)
          accepted++
          expect(device.blocks.length).toBeLessThanOrEqual(blocks.length)
        } catch (error) {
          expect(error).toBeInstanceOf(RequestError)
        }
      }),
    )
    expect(accepted).toBeGreaterThan(0)
  })
})

/** Parts of a description, or those of a path: `B0.P1`. */
function count(blocks: readonly Block[], path?: string): number {
  const walk = (children: Block['children'], above: string): number =>
    children.reduce((sum, child) => {
      const own = `${above}.${child.name.replace('[%s]', '')}`
      const self = path === undefined || own === path ? 1 : 0
      return sum + self + (child.kind === 'cluster' ? walk(child.children, own) : 0)
    }, 0)
  return blocks.reduce((sum, { name, children }) => sum + walk(children, name), 0)
}
