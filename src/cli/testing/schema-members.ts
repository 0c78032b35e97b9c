/** Which members a JSON Schema has, and which a document: `results`, `results[].place`, … */
import { readFileSync } from 'node:fs'

interface Schema {
  $ref?: string
  properties?: Record<string, Schema>
  items?: Schema
  oneOf?: readonly Schema[]
  anyOf?: readonly Schema[]
  $defs?: Record<string, Schema>
}

function read(file: string): Schema {
  const url = new URL(`../../../docs/schemas/${file}`, import.meta.url)
  return JSON.parse(readFileSync(url, 'utf8'))
}

const { $defs: shared = {} } = read('common.json')

/** The members of a command's documents, except for `command`, `line` and `error`, and which target it is of. */
export function membersOfSchema(command: string): string[] {
  const schema = read(`${command}.json`)
  const { command: _, line: _line, error: _error, ...properties } = schema.properties ?? {}
  if (properties.target?.$ref !== undefined) delete properties.target
  return unique([...walk({ ...schema, properties }, '', [])])
}

export function membersOfError(): string[] {
  return unique([...walk(shared.error ?? {}, '', [])])
}

function* walk(schema: Schema, path: string, within: readonly string[]): Generator<string> {
  const { $ref, properties = {}, items, oneOf = [], anyOf = [] } = schema
  const name = $ref?.replace('common.json#/$defs/', '')
  // A tree in a tree has the same members.
  if (name !== undefined && !within.includes(name)) {
    yield* walk(shared[name] ?? {}, path, [...within, name])
  }
  for (const [key, member] of Object.entries(properties)) {
    const at = path === '' ? key : `${path}.${key}`
    yield at
    yield* walk(member, at, within)
  }
  if (items !== undefined) yield* walk(items, `${path}[]`, within)
  for (const one of [...oneOf, ...anyOf]) yield* walk(one, path, within)
}

/** The members that stand in any of these documents. */
export function membersOf(documents: readonly unknown[]): string[] {
  return unique(documents.flatMap((one) => [...walkValue(one, '')]))
}

function* walkValue(value: unknown, path: string): Generator<string> {
  if (Array.isArray(value)) {
    for (const one of value) yield* walkValue(one, `${path}[]`)
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, member] of Object.entries(value)) {
      const at = path === '' ? key : `${path}.${key}`
      yield at
      yield* walkValue(member, at)
    }
  }
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)].sort()
}
