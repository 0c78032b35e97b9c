/** The text of a register: what its fields are as types, and a class for each place it may be in. */
import { ACCESS, docComment, hex, plain, READ_EFFECT, sentence, WRITE_EFFECT } from './comment.ts'
import {
  codesFunction,
  namesFunction,
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
export const ENDINGS = ['', 'InMemory', '_Fields', '_Given', '_fields', '_mask', '_bits', '_layout']

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
    ({ description }) => description,
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
  const isLong = plan.register.width === 64
  const literal = (value: bigint) => (isLong ? `${hex(value)}n` : hex(value))
  const type = isLong ? 'bigint' : 'number'
  const isChanged = plan.change !== 'none'
  const coded = (field: PlannedField) =>
    field.writeNames.some(({ value }) => value !== undefined)
      ? shared.once(`${name}_${field.key}_code`, (one) => codesFunction(one, field))
      : undefined
  for (const field of written) {
    const hasNames = field.writeNames.some(({ value }) => value !== undefined)
    const used = field.width === 1 ? 'flag' : field.width > 32 ? 'longInteger' : 'integer'
    if (!hasNames) shared.uses(used)
    else shared.uses(field.width === 1 ? 'flag' : 'integer')
  }
  const base = plan.change === 'load-and-store' ? plan.fixed : { mask: 0n, bits: 0n }
  const others = base.bits & ~written.reduce((sum, one) => sum | one.bits, 0n)
  const bitsOf = (field: PlannedField) => {
    const expression = writeExpression(field, isLong, coded(field), path)
    const neutral = literal(field.neutral ?? 0n)
    return `(given.${field.key} === undefined ? ${neutral} : ${expression})`
  }
  const masksOf = written
    .filter(({ neutral }) => neutral === undefined || plan.change === 'store')
    .map(({ key, bits }) => `(given.${key} === undefined ? ${literal(0n)} : ${literal(bits)})`)
  const mask = [...(base.mask === 0n ? [] : [literal(base.mask)]), ...masksOf]
  const bits = [...(others === 0n ? [] : [literal(others)]), ...written.map(bitsOf)]
  const joined = (parts: readonly string[]) =>
    parts.length === 0 ? [`  ${literal(0n)}`] : [`  ${parts.join(' |\n  ')}`]
  const isOptional = ({ effect, neutral }: PlannedField) =>
    effect !== undefined && neutral !== undefined
  return [
    ...docComment('', [`Fields of ${path}, as they are written.`]),
    `export interface ${name}_Given {`,
    ...written.flatMap((field) => [
      ...fieldDoc(field, true),
      `  ${field.key}${isOptional(field) ? '?' : ''}: ${writeType(field)}`,
    ]),
    '}',
    ...(isChanged
      ? [`const ${name}_mask = (given: Partial<${name}_Given>): ${type} =>`, ...joined(mask)]
      : []),
    `const ${name}_bits = (given: Partial<${name}_Given>): ${type} =>`,
    ...joined(bits),
  ]
}

/** The register in a window. */
function classText(name: string, plan: PlannedRegister, shared: Shared): string[] {
  const { width } = plan.register
  const isLong = width === 64
  const type = isLong ? 'bigint' : 'number'
  if (plan.isSwapped) shared.uses('swapped')
  if (plan.change !== 'none' && plan.overlaps.length > 0) shared.uses('overlap')
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
      lines.push(`    const value = typeof given === '${type}' ? given : ${wholeOf(name, plan)}`)
    }
    const value = swap(plan.hasWhole ? 'value' : 'given')
    lines.push(`    this.window.write${width}(this.offset, ${value})`, '  }')
  }
  if (plan.change === 'store') {
    lines.push(
      '  /** Changes these fields, and keeps the others: one store, and no load. */',
      `  modify(given: Partial<${name}_Given>): void {`,
      ...overlapLines(plan, '    '),
      `    this.window.write${width}(this.offset, ${swap(maskedOf(name, plan))})`,
      '  }',
    )
  } else if (plan.change === 'load-and-store') {
    const mask = swap(`${name}_mask(given)`)
    const bits = swap(`${name}_bits(given)`)
    lines.push(
      '  /** Changes these fields, and keeps the others: one load, and one store. */',
      `  modify(given: Partial<${name}_Given>): void {`,
      ...overlapLines(plan, '    '),
      `    this.window.update${width}(this.offset, ${mask}, ${bits})`,
      '  }',
    )
  }
  return [...lines, '}']
}

function overlapLines({ overlaps }: PlannedRegister, indent: string): string[] {
  return overlaps.map(
    ([one, other]) =>
      `${indent}if (given.${one} !== undefined && given.${other} !== undefined) overlap(${quoted(one)}, ${quoted(other)})`,
  )
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
  if (more === 0n) return `${name}_bits(given)`
  return `${isLong ? `${hex(more)}n` : hex(more)} | ${name}_bits(given)`
}

/** The value that stores only the fields that are given. */
function maskedOf(name: string, plan: PlannedRegister): string {
  const half = plan.register.size / 2
  const by = plan.register.width === 64 ? `${half}n` : half
  return `(${name}_mask(given) << ${by}) | ${name}_bits(given)`
}

/** The register in a memory. */
function layoutText(name: string, path: string, plan: PlannedRegister, shared: Shared): string[] {
  shared.uses('inMemory', 'type Layout')
  const { width } = plan.register
  const long = width === 64 ? ', bigint' : ''
  const fields = plan.isRead ? `${name}_Fields` : 'never'
  const given = hasGiven(plan) ? `${name}_Given` : 'never'
  const lines = [
    `const ${name}_layout: Layout<${fields}, ${given}${long}> = {`,
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
  const checks = overlapLines(plan, '    ')
  if (plan.change === 'store' && checks.length === 0) {
    lines.push(`  store: (given) => ${maskedOf(name, plan)},`)
  } else if (plan.change === 'store') {
    lines.push('  store: (given) => {', ...checks, `    return ${maskedOf(name, plan)}`, '  },')
  } else if (plan.change === 'load-and-store') {
    const both = `{ mask: ${name}_mask(given), bits: ${name}_bits(given) }`
    if (checks.length === 0) lines.push(`  change: (given) => (${both}),`)
    else lines.push('  change: (given) => {', ...checks, `    return ${both}`, '  },')
  }
  return [...lines, '}']
}
