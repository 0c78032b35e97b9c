/** The text of a register: what its fields are as types, and a class for each place it may be in. */
import { ACCESS, docComment, hex, plain, READ_EFFECT, sentence, WRITE_EFFECT } from './comment.ts'
import {
  codesFunction,
  namesFunction,
  namesList,
  readExpression,
  readType,
  writeExpression,
  writeType,
} from './fields.ts'
import { quoted } from './names.ts'
import type { PlannedField, PlannedRegister } from './plan.ts'

/** What a register needs of the whole file. */
export interface Shared {
  /** The name of a function that stands in the file once, whatever it is asked for. */
  once(name: string, make: (name: string) => string[]): string
  /** Notes what is imported. */
  uses(...names: string[]): void
}

/** Names of what a register is in the file. */
export const ENDINGS = ['', 'InMemory', '_Fields', '_Given', '_fields', '_change', '_layout']

/** The type of the register in a memory. */
function typeInMemory(name: string, plan: PlannedRegister, shared: Shared): string {
  const { isRead, isWritten, change } = plan
  const long = plan.register.width === 64 ? ', bigint' : ''
  const parts = [
    ...(isRead ? [`Readable<${name}_Fields${long}>`] : []),
    ...(isWritten ? [`Writable<${plan.hasWhole ? `${name}_Given` : 'never'}${long}>`] : []),
    ...(change === 'none' ? [] : [`Modifiable<${name}_Given>`]),
  ]
  shared.uses(...parts.map((part) => `type ${/^\w+/.exec(part)?.[0]}`))
  return parts.join(' & ')
}

/** All that the file has for a register of this name; `path` is for messages: `UART0.CR`. */
export function registerText(
  name: string,
  path: string,
  plan: PlannedRegister,
  shared: Shared,
): string[] {
  const isLong = plan.register.width === 64
  const read = plan.fields.filter((field) => field.isRead)
  const written = plan.fields.filter((field) => field.isWritten)
  return [
    ...(plan.isRead ? fieldsText(name, path, read, isLong, shared) : []),
    ...(hasGiven(plan) ? givenText(name, path, plan, written, shared) : []),
    ...classText(name, plan, shared),
    `export type ${name}InMemory = ${typeInMemory(name, plan, shared)}`,
    ...layoutText(name, path, plan, shared),
  ]
}

const hasGiven = (plan: PlannedRegister) => plan.hasWhole || plan.change !== 'none'

function fieldDoc(field: PlannedField, given: boolean): string[] {
  const { field: said, lsb, width, access, effect } = field
  const bits = width === 1 ? `bit ${lsb}` : `bits ${lsb + width - 1}:${lsb}`
  const { readEffect } = said
  const facts = [
    bits,
    ACCESS[access],
    ...(readEffect === undefined ? [] : [READ_EFFECT[readEffect]]),
    ...(effect === undefined ? [] : [WRITE_EFFECT[effect]]),
  ]
  const names = (given ? field.writeNames : field.readNames).filter(
    ({ description }) => plain(description) !== '',
  )
  return docComment('  ', [
    sentence(plain(said.description)),
    sentence(`${facts.join(', ')}`.replace(/^b/, 'B')),
    ...names.map((one) =>
      sentence(`\`${one.name.replaceAll('`', "'")}\`: ${plain(one.description)}`),
    ),
  ])
}

/** What a read gives: its type, and how it comes of the value. */
function fieldsText(
  name: string,
  path: string,
  fields: readonly PlannedField[],
  isLong: boolean,
  shared: Shared,
): string[] {
  const type = isLong ? 'bigint' : 'number'
  if (fields.length === 0) {
    return [
      `export type ${name}_Fields = Record<never, never>`,
      `const ${name}_fields = (_value: ${type}): ${name}_Fields => ({})`,
    ]
  }
  const named = (field: PlannedField) =>
    field.readNames.length === 0
      ? undefined
      : shared.once(`${name}_${field.key}_name`, (one) => namesFunction(one, field))
  const lines = fields.map(
    (field) => `  ${field.key}: ${readExpression(field, isLong, named(field))},`,
  )
  return [
    ...docComment('', [`Fields of ${path}, as they are read.`]),
    `export interface ${name}_Fields {`,
    ...fields.flatMap((field) => [...fieldDoc(field, false), `  ${field.key}: ${readType(field)}`]),
    '}',
    `const ${name}_fields = (value: ${type}): ${name}_Fields => ({`,
    ...lines,
    '})',
  ]
}

/** What a write takes: its type, and which bits it becomes. */
function givenText(
  name: string,
  path: string,
  plan: PlannedRegister,
  written: readonly PlannedField[],
  shared: Shared,
): string[] {
  const isOptional = ({ effect, neutral }: PlannedField) =>
    effect !== undefined && neutral !== undefined
  shared.uses('type Changing')
  if (plan.overlaps.length > 0) shared.uses('overlap')
  return [
    ...docComment('', [`Fields of ${path}, as they are written.`]),
    `export interface ${name}_Given {`,
    ...written.flatMap((field) => [
      ...fieldDoc(field, true),
      `  ${field.key}${isOptional(field) ? '?' : ''}: ${writeType(field)}`,
    ]),
    '}',
    ...changeText(name, path, plan, written, shared),
  ]
}

/**
 * So many fields are looked up by their names one by one: V8 then inlines all of it where `modify` is
 * called, and what a literal has not costs nothing. More are too long for that: there the names that
 * are given are gone through, which costs the same whatever is given.
 */
const MOST_BY_NAME = 6

/** The function that makes a mask and bits of what is given. */
function changeText(
  name: string,
  path: string,
  plan: PlannedRegister,
  written: readonly PlannedField[],
  shared: Shared,
): string[] {
  const isLong = plan.register.width === 64
  const literal = (value: bigint) => (isLong ? `${hex(value)}n` : hex(value))
  const isByName = written.length <= MOST_BY_NAME
  const base = plan.change === 'load-and-store' ? plan.fixed : { mask: 0n, bits: 0n }
  const statements = (field: PlannedField, given: string) => {
    const { width, bits, neutral = 0n } = field
    const hasNames = field.writeNames.some(({ value }) => value !== undefined)
    shared.uses(width === 1 ? 'flag' : width > 32 ? 'longInteger' : 'integer')
    const codes = hasNames ? codesOf(field, name, shared) : undefined
    const stored = writeExpression(field, isLong, codes, path, given)
    const cleared = neutral === 0n || plan.change === 'store'
    return [
      ...((base.mask & bits) === bits ? [] : [`mask |= ${literal(bits)}`]),
      cleared ? `bits |= ${stored}` : `bits = (bits & ~${literal(bits)}) | ${stored}`,
    ].join('; ')
  }
  const start = base.bits | (plan.change === 'store' ? 0n : neutralsOf(written))
  const long = isLong ? '<bigint>' : ''
  const hasMask = written.some(({ bits }) => (base.mask & bits) !== bits)
  const lines = [
    // What it is called with is checked where it is called: checking its text would take the compiler longer.
    `const ${name}_change = (given: any): Changing${long} => {`,
    `  ${hasMask ? 'let' : 'const'} mask = ${literal(base.mask)}`,
    `  let bits = ${literal(start)}`,
    ...overlapLines(plan),
  ]
  if (isByName) {
    lines.push(
      `  const { ${written.map(({ key }, index) => `${key}: v${index}`).join(', ')} } = given`,
      ...written.map((field, index) => {
        return `  if (v${index} !== undefined) { ${statements(field, `v${index}`)} }`
      }),
    )
  } else {
    shared.uses('unknownField')
    const others = plan.fields.filter((field) => !field.isWritten)
    lines.push(
      '  for (const key in given) {',
      ...others.map(({ key }) => `    if (key === ${quoted(key)}) continue`),
      '    switch (key) {',
      ...written.map((field) => {
        const given = `given.${field.key}`
        return `      case ${quoted(field.key)}: if (${given} !== undefined) { ${statements(field, given)} } break`
      }),
      `      default: unknownField(key, ${quoted(path)}, [${written.map(({ key }) => quoted(key)).join(', ')}])`,
      '    }',
      '  }',
    )
  }
  return [...lines, '  return { mask, bits }', '}']
}

/** What is stored in fields that are not given, where loaded bits have no part. */
function neutralsOf(written: readonly PlannedField[]): bigint {
  return written.reduce((sum, { neutral = 0n }) => sum | neutral, 0n)
}

/** The register in a window. */
function classText(name: string, plan: PlannedRegister, shared: Shared): string[] {
  const { width } = plan.register
  const isLong = width === 64
  const type = isLong ? 'bigint' : 'number'
  if (plan.isSwapped) shared.uses('swapped')
  const swap = (value: string) => (plan.isSwapped ? `swapped(${value}, ${width})` : value)
  const lines: string[] = [`export class ${name} extends OnWindow {`]
  if (plan.isRead) {
    shared.uses('type Reading')
    lines.push(
      `  /** One ${width}-bit load. */`,
      `  read(): Reading<${name}_Fields${isLong ? ', bigint' : ''}> {`,
      `    const value = ${swap(`this.window.read${width}(this.offset)`)}`,
      `    return { value, fields: ${name}_fields(value) }`,
      '  }',
    )
  }
  if (plan.isWritten) {
    const whole = plan.hasWhole ? `${type} | ${name}_Given` : type
    lines.push(`  /** One ${width}-bit store, and no load. */`, `  write(given: ${whole}): void {`)
    if (plan.hasWhole) {
      // What is neither is for the window to refuse, and no object without fields.
      lines.push(`    const value = typeof given === 'object' ? ${wholeOf(name, plan)} : given`)
    }
    const value = swap(plan.hasWhole ? 'value' : 'given')
    lines.push(`    this.window.write${width}(this.offset, ${value})`, '  }')
  }
  if (plan.change === 'store') {
    lines.push(
      '  /** Changes these fields, and keeps the others: one store, and no load. */',
      `  modify(given: Partial<${name}_Given>): void {`,
      `    const { mask, bits } = ${name}_change(given)`,
      `    this.window.write${width}(this.offset, ${swap(maskedOf(plan))})`,
      '  }',
    )
  } else if (plan.change === 'load-and-store') {
    const mask = swap('mask')
    const bits = swap('bits')
    lines.push(
      '  /** Changes these fields, and keeps the others: one load, and one store. */',
      `  modify(given: Partial<${name}_Given>): void {`,
      `    const { mask, bits } = ${name}_change(given)`,
      '    const { window, offset } = this',
      // Refused before the load; otherwise as it does, in less than V8 has to inline for it.
      `    if (window.writable === false) window.update${width}(offset, ${mask}, ${bits})`,
      `    else window.write${width}(offset, (window.read${width}(offset) & ~${mask}) | ${bits})`,
      '  }',
    )
  }
  return [...lines, '}']
}

function overlapLines({ overlaps }: PlannedRegister): string[] {
  return overlaps.map(([one, other]) => {
    const both = `given.${one} !== undefined && given.${other} !== undefined`
    return `  if (${both}) overlap(${quoted(one)}, ${quoted(other)})`
  })
}

/** The value of all fields. */
function wholeOf(name: string, plan: PlannedRegister): string {
  const isLong = plan.register.width === 64
  const { rest } = plan
  const isMasked = plan.register.highWordMask === true
  const half = BigInt(plan.register.size / 2)
  const select = isMasked
    ? plan.fields.reduce((sum, one) => sum | (one.isWritten ? one.bits : 0n), 0n) << half
    : 0n
  const more = isMasked ? select : rest
  if (more === 0n) return `${name}_change(given).bits`
  return `${isLong ? `${hex(more)}n` : hex(more)} | ${name}_change(given).bits`
}

/** The value that stores only the bits of a mask. */
function maskedOf({ register }: PlannedRegister): string {
  const half = register.size / 2
  return `(mask << ${register.width === 64 ? `${half}n` : half}) | bits`
}

/** The register in a memory. */
function layoutText(name: string, path: string, plan: PlannedRegister, shared: Shared): string[] {
  shared.uses('inMemory', 'type Layout')
  const { width } = plan.register
  const long = width === 64 ? ', bigint' : ''
  const lines = [
    `const ${name}_layout: Layout<any, any${long}> = {`,
    `  name: ${quoted(path)},`,
    `  width: ${width},`,
    ...(plan.isSwapped ? ['  isSwapped: true,'] : []),
    ...(plan.isRead ? [`  read: ${name}_fields,`] : []),
  ]
  if (plan.isWritten) {
    lines.push(
      plan.hasWhole
        ? `  write: (given) => ${wholeOf(name, plan)},`
        : '  write: (given) => given as never,',
    )
  }
  if (plan.change === 'load-and-store') lines.push(`  change: ${name}_change,`)
  if (plan.change === 'store') {
    const body = `const { mask, bits } = ${name}_change(given); return ${maskedOf(plan)}`
    lines.push(`  store: (given) => { ${body} },`)
  }
  return [...lines, '}']
}

function codesOf(field: PlannedField, name: string, shared: Shared): string {
  const list = shared.once(`${name}_${field.key}_names`, (one) => namesList(one, field))
  return shared.once(`${name}_${field.key}_code`, (one) => codesFunction(one, field, list))
}
