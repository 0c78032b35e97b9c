import { PhysmemError } from '../../base/errors.ts'
import { elementsOf, fieldsOf, findField } from '../../describe/lookup.ts'
import type { Access } from '../../describe/model.ts'
import { type DeviceRegister, isReadable, isWritable } from '../../device/register.ts'
import type { Session } from '../../device/session.ts'
import { namesOf } from '../../device/values.ts'
import { parseNamed } from '../../place/named.ts'
import { oneLine } from '../../text/one-line.ts'
import { beginsLike, type Candidate } from './candidate.ts'

/** What is to become of the register: what cannot be read, or written, is offered to look at alone. */
export type RegisterUse = 'read' | 'write' | 'look'

/** So many elements of a block that repeats are offered. */
const ELEMENTS = 64

/**
 * Names that begin like this word, in any case: blocks and devices, after a dot the registers of one, after a
 * colon the fields, after `=` the values. Only the one block is looked into. Nothing is accessed.
 */
export async function completeRegister(
  word: string,
  session: Session,
  use: RegisterUse,
): Promise<Candidate[]> {
  try {
    const valued = /^(.*:[A-Za-z_][\w[\]]*)([!<>=]=|[<>=])(\w*)$/s.exec(word)
    if (valued) return await values(valued[1] ?? '', valued[2] ?? '', session, use)
    if (/^\w*$/.test(word)) return await blocks(word, session)
    const field = /^(.*\.[A-Za-z_].*):(?:[A-Za-z_][\w[\]]*)?$/s.exec(word)
    if (field) return await fields(field[1] ?? '', session, use)
    return await registers(word, session, use)
  } catch (error) {
    if (error instanceof PhysmemError) return [] // The command itself will say it.
    throw error
  }
}

/** Devices of the machine must be looked for: only where no block of a file begins like the word. */
async function blocks(word: string, session: Session): Promise<Candidate[]> {
  const found: Candidate[] = []
  for (const { device } of session.sources) {
    for (const block of device.blocks) {
      let left = ELEMENTS
      for (const { path } of elementsOf(block)) {
        if (left-- === 0) break
        found.push(described(`${path}.`, block))
      }
    }
  }
  if (word === '' || found.some(({ text }) => beginsLike(text, word))) return found
  const devices = await session.devices()
  return [
    ...found,
    ...devices.map(({ name, blocks: [first] }) => described(`${name}.`, first?.kind.block ?? {})),
  ]
}

/** Those of the block before the first dot after which a name can stand; groups end in a dot. */
async function registers(word: string, session: Session, use: RegisterUse): Promise<Candidate[]> {
  for (let dot = word.indexOf('.'); dot >= 0; dot = word.indexOf('.', dot + 1)) {
    const block = word.slice(0, dot)
    const all = await registersOf(block, session)
    if (all === undefined) continue
    const typed = word.slice(dot + 1)
    const level = typed.slice(0, typed.lastIndexOf('.') + 1)
    const offered = new Map<string, Candidate>()
    for (const { found } of all) {
      if (!beginsLike(found.name, typed) || !isFor(use, found.register.access)) continue
      const end = found.name.indexOf('.', level.length)
      const text = `${block}.${end < 0 ? found.name : found.name.slice(0, end + 1)}`
      if (!offered.has(text))
        offered.set(text, end < 0 ? described(text, found.register) : { text })
    }
    return [...offered.values()]
  }
  return []
}

/** `undefined` for what is not a block. */
async function registersOf(block: string, session: Session): Promise<DeviceRegister[] | undefined> {
  try {
    return await session.find(parseNamed(`${block}.*`))
  } catch (error) {
    if (error instanceof PhysmemError) return undefined
    throw error
  }
}

async function fields(name: string, session: Session, use: RegisterUse): Promise<Candidate[]> {
  const [only, ...more] = await session.find(parseNamed(name))
  if (only === undefined || more.length > 0) return []
  return fieldsOf(only.found.register)
    .filter(({ field }) => isFor(use, field.access ?? only.found.register.access))
    .map((one) => described(`${name}:${one.name}`, one.field))
}

async function values(
  path: string,
  sign: string,
  session: Session,
  use: RegisterUse,
): Promise<Candidate[]> {
  const { field } = parseNamed(path)
  const [only, ...more] = await session.find(parseNamed(path))
  if (only === undefined || more.length > 0 || field === undefined) return []
  return namesOf(findField(only.found.register, field), use === 'write' ? 'write' : 'read')
    .filter(({ value }) => value !== undefined)
    .map((one) => described(`${path}${sign}${one.name}`, one))
}

function isFor(use: RegisterUse, access: Access | undefined): boolean {
  return use === 'look' || (use === 'write' ? isWritable(access) : isReadable(access))
}

function described(text: string, of: { description?: string }): Candidate {
  const description = oneLine(of.description)
  return description === '' ? { text } : { text, description }
}
