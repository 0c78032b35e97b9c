import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import ts from 'typescript'
import { expect, it } from 'vitest'
import type { Access, Device, WriteEffect } from '../model.ts'
import { generate } from './generate.ts'
import { block, chip, register } from './testing/chip.ts'

/** What a text of generated code is missing, as the compiler says without looking at types. */
function syntaxErrors(source: string): string[] {
  const { diagnostics = [] } = ts.transpileModule(source, {
    reportDiagnostics: true,
    compilerOptions: { target: ts.ScriptTarget.ES2022, erasableSyntaxOnly: true },
  })
  return diagnostics.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))
}

const odd = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc.constantFrom(
    'constructor',
    'class',
    '__proto__',
    'a b',
    '0X',
    'then',
    'Memory',
    '*/',
    "'",
    '%s',
  ),
)
const anyField = fc.record({
  name: odd,
  description: odd,
  lsb: fc.nat(31),
  width: fc.integer({ min: 1, max: 64 }),
  access: fc.constantFrom<Access>('read-only', 'read-write', 'write-only', 'write-once'),
  writeEffect: fc.constantFrom<WriteEffect>('one-to-clear', 'zero-to-set', 'modify'),
  enumerations: fc.array(
    fc.record({
      usage: fc.constantFrom('read', 'write', 'read-write'),
      values: fc.array(fc.record({ name: odd, description: odd, value: fc.bigInt(0n, 5n) }), {
        maxLength: 4,
      }),
    }),
    { maxLength: 1 },
  ),
})
const anyRegister = fc.record({
  name: odd,
  fields: fc.array(anyField, { maxLength: 5 }),
  wide: fc.boolean(),
  highWordMask: fc.boolean(),
  access: fc.constantFrom<Access>('read-only', 'read-write', 'write-only'),
})

it('is TypeScript whatever names and texts are, and has each block once', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(odd, fc.array(anyRegister, { maxLength: 3 })), { maxLength: 4 }),
      (given) => {
        const all = given.map(([name, registers]) =>
          block(
            name,
            0,
            registers.map(({ name: own, fields, wide, ...more }) =>
              register(own, 0, fields, { ...more, ...(wide ? { size: 64, width: 64 } : {}) }),
            ),
          ),
        )
        const device: Device = { ...chip, blocks: all }
        const result = generate(device, all, 'x')
        expect(syntaxErrors(result.text)).toEqual([])
        expect(new Set(result.blocks).size).toBe(given.length)
      },
    ),
    { numRuns: 30 },
  )
})

it('has reserved what its module imports', () => {
  const source = readFileSync(new URL('../../registers/index.ts', import.meta.url), 'utf8')
  const exported = [...source.matchAll(/\b([A-Za-z]+)(?=,| \})/g)].map(([, name = '']) => name)
  expect(exported.length).toBeGreaterThan(10)
  const all = exported.map((name) => block(name, 0, []))
  const { blocks: names } = generate(chip, all, 'x')
  expect(names).toEqual(exported.map((name) => `${name}_`))
})
