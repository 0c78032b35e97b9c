import { readdirSync, readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parse, parseDocument } from 'yaml'
import { BLOCK_KEYS } from './blocks.ts'
import { FIELD_KEYS } from './fields.ts'
import { KIND_NAMES } from './kinds.ts'
import { DEVICE_KEYS, readYaml } from './read.ts'
import { CLUSTER_KEYS, REGISTER_KEYS } from './registers.ts'
import { EXAMPLE } from './testing/example.ts'
import { complete, sourceOf } from './testing/text.ts'
import { ACCESS_WORDS, READ_EFFECTS, WRITE_EFFECTS } from './words.ts'

const root = new URL('../../../', import.meta.url)
const text = (path: string) => readFileSync(new URL(path, root), 'utf8')

interface Schema {
  properties: Record<string, unknown>
  enum: string[]
  anyOf: Schema[]
}

const schema: Schema & { definitions: Record<string, Schema> } = JSON.parse(
  text('docs/schemas/yaml/registers.json'),
)
const validate = new Ajv({
  allowUnionTypes: true,
  strictTuples: false,
  strictTypes: false,
  strictRequired: false,
}).compile(schema)

const keysOf = (one: Schema | undefined) => Object.keys(one?.properties ?? {}).sort()

describe('docs/schemas/yaml/registers.json', () => {
  const { register, cluster, block, field } = schema.definitions

  it.each([
    ['a file', schema, DEVICE_KEYS],
    ['a block', block, BLOCK_KEYS],
    ['a register', register, REGISTER_KEYS],
    ['a cluster', cluster, CLUSTER_KEYS],
    ['a field', field?.anyOf[2], FIELD_KEYS],
  ])('has the keys of %s', (_what, one, keys) => {
    expect(keysOf(one)).toEqual([...keys].sort())
  })

  it.each([
    ['access', Object.keys(ACCESS_WORDS)],
    ['on-read', READ_EFFECTS],
    ['on-write', WRITE_EFFECTS],
  ])('has the words of %s', (name, words) => {
    expect(schema.definitions[name]?.enum).toEqual(words)
  })

  it('has the kinds of registers', () => {
    expect(register?.properties.kind).toMatchObject({ enum: KIND_NAMES })
  })

  const library = readdirSync(new URL('src/describe/blocks/library', root))
  const files: [string, string][] = library.map((name) => [
    name,
    text(`src/describe/blocks/library/${name}`),
  ])

  it.each([['an example with all there is', EXAMPLE], ...files])('takes %s', (_name, file) => {
    validate(parse(file))
    expect(validate.errors ?? []).toEqual([])
  })

  it.each([
    'blocks: { U: {} }',
    'blocks: { U: { registers: { A: { offest: 0 } } } }',
    'blocks: { U: { registers: { A: { offset: -1 } } } }',
    'blocks: { U: { registers: { A: { offset: 0, on-read: sometimes } } } }',
    'blocks: { U: { registers: { A: { offset: 0, fields: { X: 4:7:1 } } } } }',
    'blocks: { U: { registers: { A.B: 0 } } }',
    'blocks: []',
    'blocks: { U: { registers: { A: { offset: 0, fields: { X: { bits: 0, values: [1] } } } } } }',
    '{}',
  ])('refuses what the reader refuses: %s', (file) => {
    expect(validate(parse(file))).toBe(false)
    expect(isRefused(file)).toBe(true)
  })

  it('refuses nothing that the reader takes', () => {
    const word = fc.constantFrom(
      ...[
        'U',
        'offset',
        'registers',
        'fields',
        'bits',
        'values',
        'is',
        'width',
        'names',
        'count',
        'writes',
      ],
      ...[
        'read-only',
        'other',
        'true',
        '0',
        '7',
        '6:4',
        '64',
        '0x10',
        '4k',
        '-1',
        '1.5',
        'x',
        '',
        '[]',
        '{}',
        '[1, 2]',
      ],
      ...['[1, x]', '{ a: 1 }', '{ offset: 0 }', '"a b"', '1e3'],
    )
    const change = fc.tuple(fc.nat(), word)
    // Each word of the example, and what another one makes of it in its place.
    const words = [...EXAMPLE.matchAll(/[\w:%.-]*\w/g)]
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), (changes) => {
        let file = EXAMPLE
        const inOrder = changes.map(([which, other]) => [which % words.length, other] as const)
        for (const [which, other] of inOrder.sort(([one], [two]) => two - one)) {
          const { 0: word = '', index = 0 } = words[which] ?? {}
          const end = index + word.length
          const isKey = file[end] === ':'
          if (isKey && /^[[{]/.test(other)) continue
          file = file.slice(0, index) + other + file.slice(end)
        }
        const document = parseDocument(file)
        if (document.errors.length > 0 || document.warnings.length > 0) return
        if (!validate(document.toJS())) expect(isRefused(file), file).toBe(true)
      }),
      { numRuns: 500 },
    )
  })
})

function isRefused(file: string): boolean {
  try {
    return complete(readYaml(sourceOf(file))).issues.some(({ severity }) => severity === 'error')
  } catch (error) {
    expect(error).toMatchObject({ name: 'RequestError', code: 'ESYNTAX' })
    return true
  }
}
