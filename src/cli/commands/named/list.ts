import { RequestError } from '../../../base/errors.ts'
import { isPattern } from '../../../describe/match.ts'
import type { DeviceRegister } from '../../../device/register.ts'
import { formatBits } from '../../../place/index.ts'
import { type NamedOperand, parseNamed } from '../../../place/named.ts'
import type { ListDocument, ListedRegister } from '../../../report/list.ts'
import { whereToJson } from '../../../report/where.ts'
import { printable } from '../../../text/refuse.ts'
import type { Context } from '../../frame/context.ts'
import { otherMachine } from '../../frame/said-target.ts'
import { listedRows } from '../../views/registers/listed.ts'
import { rowWidth } from '../../views/registers/text-room.ts'
import { type DescriptionOptions, openSession } from './session.ts'

/**
 * Lists described registers by their names; without any, all that the descriptions in use have. Nothing
 * is accessed. Rejects as `Session.list` does.
 */
export async function listNamed(
  context: Context,
  words: readonly string[],
  options: DescriptionOptions,
): Promise<0> {
  const operands = words.map((word) => wholeRegisters(word))
  const session = await openSession(context, { ...options, onlyNames: true })
  const found = words.length === 0 ? [await session.find(parseNamed('*'))] : []
  for (const operand of operands) found.push(await session.list(operand))
  const seen = new Map<string, DeviceRegister>()
  for (const register of found.flat()) seen.set(register.name, register)
  const registers = [...seen.values()]
  const { json, quiet } = context.settings
  const target = otherMachine(context.settings)
  context.record<ListDocument>({
    ...(target !== undefined && { target }),
    ...{ problems: [], places: [], registers: registers.map(registerToJson) },
  })
  if (json) return 0
  if (quiet) context.print(registers.map(({ name }) => printable(name)))
  else context.print(listedRows(registers, rowWidth(context.io.stdout)))
  return 0
}

/**
 * The same of words that may be no names at all: then it gives why, and nothing was printed. A pattern is
 * meant as one, and is refused where it fits nothing.
 */
export async function listIfNamed(
  context: Context,
  words: readonly string[],
  options: DescriptionOptions,
): Promise<RequestError | undefined> {
  try {
    await listNamed(context, words, options)
    return undefined
  } catch (error) {
    const isMissed =
      error instanceof RequestError &&
      (error.code === 'ENOPLACE' || error.code === 'ESYNTAX') &&
      words.includes(error.data.input ?? '')
    if (isMissed && !words.some(isPattern)) return error
    throw error
  }
}

function wholeRegisters(word: string): NamedOperand {
  const operand = parseNamed(word)
  const { field, bits, text } = operand
  if (field === undefined && bits === undefined) return operand
  const part = field ?? formatBits(bits ?? { high: 0, low: 0 })
  const message = `list shows whole registers, but ${part} is a part of ${text}: describe ${text} shows its fields`
  throw new RequestError('EUSAGE', message, { input: word })
}

function registerToJson(register: DeviceRegister): ListedRegister {
  const { name, found, from } = register
  const { width, access, description } = found.register
  return {
    ...{ name, ...whereToJson(register), width, access },
    ...(description && { text: description }),
    description: from,
  }
}
