import { RequestError } from '../../../base/errors.ts'
import { type FoundField, fieldsOf, findField } from '../../../describe/lookup.ts'
import {
  type Reason,
  warningOfRead,
  whyMisaligned,
  whyNever,
  whyNotInBulk,
} from '../../../device/read-rules.ts'
import { type DeviceRegister, refuseSplit, type SettledRegister } from '../../../device/register.ts'
import type { Session } from '../../../device/session.ts'
import { settledIn } from '../../../device/settle.ts'
import type { Locator } from '../../../operate/locator.ts'
import { type Bits, formatBits } from '../../../place/index.ts'
import type { NamedOperand } from '../../../place/named.ts'
import { counted } from '../../../text/count.ts'
import type { Context } from '../../frame/context.ts'

/** A register that is to be read, and the part of it that was asked for. */
export interface Wanted<R extends DeviceRegister = DeviceRegister> {
  register: R
  /** A field, or bits. */
  part?: Part
}

export interface Part {
  /** `TXFE`, or `7:4`. */
  name: string
  bits: Bits
  field?: FoundField
}

export function nameOfWanted({ register, part }: Wanted): string {
  return part === undefined ? register.name : `${register.name}:${part.name}`
}

/** What operands mean for a read: the registers, and those that are left out of a block. */
export interface Chosen<R extends DeviceRegister = DeviceRegister> {
  wanted: Wanted<R>[]
  skipped: { register: DeviceRegister; reason: Reason }[]
}

/**
 * The same where they are on a machine: see `settled`. Only there it is known of some whether a single
 * load reaches them: of several, one that none does is left out.
 */
export async function settledChosen(
  machine: Locator,
  { wanted, skipped }: Chosen,
): Promise<Chosen<SettledRegister>> {
  const there = await settledIn(machine, wanted)
  const registers = there.map(({ register }) => register)
  const off = there.length > 1 ? withReason(registers, whyMisaligned) : []
  return {
    wanted: there.filter(({ register }) => !off.some((one) => one.register === register)),
    skipped: [...skipped, ...off],
  }
}

/** The register and its part that an operand means, where it has to mean one. Throws EUSAGE. */
export async function oneRegister(session: Session, operand: NamedOperand): Promise<Wanted> {
  return only(operand, await session.find(operand))
}

function only(operand: NamedOperand, found: readonly DeviceRegister[]): Wanted {
  const [register] = found
  if (register === undefined || !isSingle(operand, found)) {
    const count = counted(found.length, 'register')
    const such = register === undefined ? '' : `, such as ${register.name}`
    const message = `${operand.text} is ${count}: name one${such}`
    throw new RequestError('EUSAGE', message, { input: operand.text })
  }
  refuseSplit(register)
  const part = partOf(register, operand)
  return { register, ...(part && { part }) }
}

/** A register has its own width: no other would have the bit. */
function refuseMissing(bits: Bits, { name, found }: DeviceRegister): void {
  const { width } = found.register
  if (bits.high < width) return
  const message = `bit ${bits.high} does not exist: ${name} has bits 0 to ${width - 1}`
  throw new RequestError('ERANGE', message, { input: formatBits(bits) })
}

/** The field or the bits that an operand names, in its register. */
export function partOf(register: DeviceRegister, operand: NamedOperand): Part | undefined {
  const { field: name, bits } = operand
  const described = register.found.register
  if (name !== undefined) {
    const found = findField({ ...described, name: register.name }, name)
    const { lsb, width } = found
    return { name: found.name, bits: { high: lsb + width - 1, low: lsb }, field: found }
  }
  if (bits === undefined) return undefined
  refuseMissing(bits, register)
  const same = fieldsOf(described).find(
    ({ lsb, width }) => lsb === bits.low && lsb + width - 1 === bits.high,
  )
  return { name: formatBits(bits), bits, ...(same && { field: same }) }
}

/** Whether it names one register, and no block or pattern that has one alone. */
export function isSingle(operand: NamedOperand, found: readonly DeviceRegister[]): boolean {
  const [only] = found
  if (only === undefined || found.length > 1 || /[*?]/.test(operand.path)) return false
  const isPut = operand.at !== undefined || operand.pci !== undefined
  const depth = (path: string) => (path === '' ? 0 : path.split('.').length)
  const asked = depth(operand.path) - (isPut ? 0 : 1)
  return asked === depth(only.found.name)
}

/** What is read of an operand: of one register all is, of several what is known or likely to be harmless. */
export async function choose(
  context: Context,
  session: Session,
  operand: NamedOperand,
  { force = false }: { force?: boolean } = {},
): Promise<Chosen> {
  const found = await session.find(operand)
  if (isSingle(operand, found)) {
    const wanted = only(operand, found)
    checkSingle(context, wanted, force)
    return { wanted: [wanted], skipped: [] }
  }
  if (operand.field === undefined && operand.bits !== undefined) {
    throw new RequestError('EUSAGE', `bits of ${found.length} registers: name one`, {
      input: operand.text,
    })
  }
  const meant = operand.field === undefined ? found.map((register) => ({ register })) : []
  if (operand.field !== undefined) {
    for (const register of found) {
      const part = partIn(register, operand)
      if (part !== undefined) meant.push({ register, part } as Wanted)
    }
    if (meant.length === 0) {
      const message = `none of the registers of ${operand.text} has a field ${operand.field}`
      throw new RequestError('ENOPLACE', message, { input: operand.text })
    }
  }
  const registers = meant.map(({ register }) => register)
  const skipped = withReason(registers, force ? whyNever : whyNotInBulk)
  const wanted = meant.filter((one) => !skipped.some(({ register }) => register === one.register))
  return { wanted: onceEach(wanted), skipped }
}

function partIn(register: DeviceRegister, operand: NamedOperand): Part | undefined {
  try {
    return partOf(register, operand)
  } catch (error) {
    if (error instanceof RequestError && error.code === 'ENOPLACE') return undefined
    throw error
  }
}

/** Those of which `why` gives a reason. */
export function withReason(
  found: readonly DeviceRegister[],
  why: (register: DeviceRegister) => Reason | undefined,
): Chosen['skipped'] {
  return found.flatMap((register) => {
    const reason = why(register)
    return reason === undefined ? [] : [{ register, reason }]
  })
}

/** Two names of one place are one load: the first stands for both. */
function onceEach(wanted: readonly Wanted[]): Wanted[] {
  const seen = new Set<string>()
  return wanted.filter(({ register: { found } }) => {
    const key = `${found.blockPath} ${found.offset} ${found.register.width}`
    if (seen.has(key)) return false
    seen.add(key)
    return true
  })
}

/** What is read by its name alone is read: only said is what that may do. Throws EUSAGE for what has no value. */
export function checkSingle(context: Context, wanted: Wanted, force: boolean): void {
  checkReadable(wanted, force)
  const warning = warningOfRead(wanted.register)
  if (warning !== undefined) context.note(warning)
}

function checkReadable({ register, part }: Wanted, force: boolean): void {
  if (force) return
  const accesses = [register.found.register.access, part?.field?.field.access]
  const wrong = accesses.find((access) => access === 'write-only' || access === 'write-once')
  if (wrong === undefined) return
  const name = part === undefined ? register.name : `${register.name}:${part.name}`
  throw new RequestError('EUSAGE', `${name} is ${wrong}: what a read gives is not its value`, {
    input: name,
    cure: 'give --force to read it anyway',
  })
}
