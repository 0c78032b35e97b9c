/** Handoffs and archives that are made at random, most of them whole. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RequestError } from '../../base/errors.ts'
import type { Description } from '../model.ts'
import { readHwh, readXsa } from './index.ts'
import {
  anyModules,
  handoffOf,
  type ModulePart,
  type RegisterPart,
  zipOf,
} from './testing/handoffs.ts'

const open = () => {
  throw new Error('nothing beside it')
}
const ofHandoff = (text: string): Description => readHwh({ name: 'design_1.hwh', text, open })
const ofArchive = (bytes: Uint8Array): Description =>
  readXsa({ name: 'top.xsa', text: '', bytes, open })

const registerOf = ({ name, offset, size, reset, fields }: RegisterPart) => ({
  ...{ kind: 'register', name, offset, size, access: 'read-write', fields },
  width: [8, 16, 32, 64].find((width) => width >= size),
  ...(reset === undefined ? {} : { reset }),
})

/** A block for each place of a module; what two masters see at one base is one. */
function blocksOf(modules: readonly ModulePart[]) {
  return modules.flatMap(({ name, ranges, registers }) => {
    const places = ranges.filter(
      ({ base }, index) => ranges.findIndex((one) => one.base === base) === index,
    )
    return places.map(({ base, length }, index) => ({
      ...{ name: index === 0 ? name : `${name}_${index + 1}`, base },
      description: `example.org:ip:${name}:1.0`,
      extents: [{ offset: 0, length, usage: 'registers' }],
      children: registers.map(registerOf),
    }))
  })
}

const seen = anyModules.filter((all) => all.some(({ ranges }) => ranges.length > 0))

describe('any handoff', () => {
  it('has a block for each place of each module, with all registers and fields', () => {
    fc.assert(
      fc.property(seen, (modules) => {
        const { device, issues } = ofHandoff(handoffOf(modules))
        expect(issues).toEqual([])
        expect(device).toEqual({ name: 'design_1', endian: 'little', blocks: blocksOf(modules) })
      }),
    )
  })

  it.each([
    ['ADDRESS_OFFSET', 'x', 'ADDRESS_OFFSET: expected a number, got "x"'],
    ['SIZE', '65', 'it has 65 bits: expected 1 to 64'],
  ])(
    'loses the register whose %s is %s, in each of its blocks, and nothing else',
    (name, value, message) => {
      fc.assert(
        fc.property(seen, fc.nat(), (modules, which) => {
          const all = modules.flatMap((module) =>
            module.ranges.length === 0
              ? []
              : module.registers.map((register) => ({ module, register })),
          )
          const hit = all[which % all.length]
          if (hit === undefined) return
          const { module, register } = hit
          const damaged = damageRegister(handoffOf(modules), module, register, { name, value })
          const { device, issues } = ofHandoff(damaged)
          const without = modules.map((one) =>
            one === module
              ? { ...one, registers: one.registers.filter((other) => other !== register) }
              : one,
          )
          expect(device.blocks).toEqual(blocksOf(without))
          const blocks = blocksOf([module]).map((one) => one.name)
          expect(issues.map((issue) => `${issue.path}: ${issue.message}`)).toEqual(
            blocks.map((block) => `${block}.${register.name}: ${message}`),
          )
        }),
      )
    },
  )

  it('that is damaged is a description, or an error of the request', () => {
    const damage = fc.tuple(fc.nat(), fc.nat(20), fc.string({ maxLength: 6 }))
    // XML allows little: most damage is refused, and without any nothing is.
    const cut = fc.oneof(damage, fc.constant([0, 0, ''] as const))
    let accepted = 0
    fc.assert(
      fc.property(seen, cut, (modules, [at, length, more]) => {
        const whole = handoffOf(modules)
        const start = at % whole.length
        try {
          const { device } = ofHandoff(whole.slice(0, start) + more + whole.slice(start + length))
          accepted++
          expect(device.blocks.length).toBeLessThanOrEqual(
            modules.reduce((sum, { ranges }) => sum + ranges.length, 0),
          )
        } catch (error) {
          expect(error).toBeInstanceOf(RequestError)
        }
      }),
    )
    expect(accepted).toBeGreaterThan(0)
  })
})

/** The same with another value of one property of a register. */
function damageRegister(
  text: string,
  module: ModulePart,
  register: RegisterPart,
  { name, value }: { name: string; value: string },
): string {
  const from = text.indexOf(`<REGISTER NAME="${register.name}"`, text.indexOf(`"${module.name}"`))
  const said = `NAME="${name}" VALUE="`
  const start = text.indexOf(said, from) + said.length
  return text.slice(0, start) + value + text.slice(text.indexOf('"', start))
}

describe('any archive', () => {
  const file = fc.stringMatching(/^[a-z]{1,8}\.(?:bit|txt|xml)$/)
  const others = fc.dictionary(file, fc.string({ maxLength: 40 }), { maxKeys: 3 })
  const packed = fc.record({
    method: fc.constantFrom<0 | 8>(0, 8),
    extra: fc.nat(20),
    comment: fc.string({ maxLength: 20, unit: 'grapheme-ascii' }),
  })
  const archive = fc.tuple(seen, others, packed).map(([modules, files, how]) => ({
    bytes: zipOf({ ...files, 'design_1.hwh': handoffOf(modules) }, how),
    device: ofHandoff(handoffOf(modules)).device,
  }))

  it('gives what its handoff does, whatever else is in it and however it is packed', () => {
    fc.assert(
      fc.property(archive, ({ bytes, device }) => {
        expect(ofArchive(bytes).device).toEqual(device)
      }),
    )
  })

  it('gives the same or nothing where a bit of it is another', () => {
    let [same, refused] = [0, 0]
    fc.assert(
      fc.property(archive, fc.nat(), fc.nat(7), ({ bytes, device }, which, bit) => {
        const at = which % bytes.length
        bytes[at] = (bytes[at] ?? 0) ^ (1 << bit)
        try {
          expect(ofArchive(bytes).device).toEqual(device)
          same++
        } catch (error) {
          if (!(error instanceof RequestError)) throw error
          refused++
        }
      }),
    )
    expect([same > 0, refused > 0]).toEqual([true, true])
  })

  it('is refused where it is cut off', () => {
    fc.assert(
      fc.property(archive, fc.nat(), ({ bytes }, which) => {
        const cut = bytes.subarray(0, which % (bytes.length - 22))
        expect(() => ofArchive(cut)).toThrow(RequestError)
      }),
    )
  })
})
