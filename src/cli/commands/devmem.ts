import { RequestError } from '../../base/errors.ts'
import { retell } from '../../base/retell.ts'
import type { Value, Width } from '../../base/width.ts'
import { systemAt } from '../../engine/system-at.ts'
import { isBytewise, ordered } from '../../operate/element.ts'
import { Plan } from '../../operate/plan.ts'
import { shownAddress } from '../../operate/shown-address.ts'
import { refuseUnsaidWidth } from '../../operate/unsaid-width.ts'
import { checkValue, formatPlace, parsePlace, parseValue } from '../../place/index.ts'
import type { Place } from '../../place/schemes/index.ts'
import type { DevmemDocument } from '../../report/devmem.ts'
import { are, counted } from '../../text/count.ts'
import { malformed, quote } from '../../text/refuse.ts'
import { defineCommand } from '../frame/command.ts'
import type { Context } from '../frame/context.ts'

/** busybox, miscutils/devmem.c: the letters stand for char, short, int and long. */
const LETTERS: Record<string, (cpu: string) => Width> = {
  b: () => 8,
  h: () => 16,
  w: () => 32,
  l: (cpu) => (cpu === 'arm' || cpu === 'ia32' ? 32 : 64),
}

export default defineCommand({
  arguments: [
    {
      name: 'address',
      needed: true,
      description: 'a physical address, or any place',
      completes: 'place',
      parse: parseAddress,
    },
    {
      name: 'width',
      description: '8, 16, 32 or 64, or one of the letters b, h, w, l; 32 when left out',
      completes: ['8', '16', '32', '64'],
      parse: parseDevmemWidth,
    },
    { name: 'value', description: 'what is written; without it, the address is read' },
  ],
  options: {},
  examples: [
    ['devmem 0xfed00000', 'prints 0x8086A201'],
    ['devmem 0xfed00000 64', 'one 64-bit load'],
    ['devmem 0x09000000 8 0x41', 'one 8-bit store; prints nothing'],
  ],
  notes: [
    'Accepts, prints and returns what the devmem of busybox does, for scripts that use it: upper-case ' +
      'digits, as many as the width has; exit 0, or 1 for any mistake. Unlike busybox it refuses ' +
      'what it does not understand: letters after a number, a value that does not fit the width, a ' +
      'misaligned address, more than three arguments.',
  ],
  refuses: ['width', 'endian', 'json', 'verbose', 'actOnPorts', 'actOnI2c', 'quiet', '--'],
  exitCode: (usual) => (usual === 0 ? 0 : 1),
  takesNoBoardTarget: true,
  inBatches: true,
  async run(context, args) {
    const [address, widthText, valueText] = args as [string, string?, string?]
    const place = parseAddress(address)
    const width = widthText === undefined ? 32 : parseDevmemWidth(widthText)
    const value =
      valueText === undefined
        ? undefined
        : checkValue(parseAsC(valueText, 'a value', parseValue), width)
    checkAlignment(place, width, context, value?.toString(2).length)
    if (widthText === undefined) refuseUnsaidWidth(place, 'give the width: 8, 16 or 32')
    const machine = await context.machine(value === undefined ? 'read' : 'write', [place], [])
    const { memory, address: at } = await machine.locate(place, width / 8)
    const plan = new Plan()
    const accessed = { place: formatPlace(place), address: shownAddress(memory, at), width }
    if (value !== undefined) {
      plan.add(memory, place, {
        op: 'write',
        address: at,
        width,
        value: ordered(value, width, 'little'),
      })
      plan.check()
      await plan.run()
      context.blanks.ask([{ place, address: accessed.address }])
      context.record<DevmemDocument>({ results: [{ ...accessed, value }] })
      return 0
    }
    const step = plan.add(memory, place, { op: 'read', address: at, width })
    plan.check()
    await plan.run()
    context.record<DevmemDocument>({ results: [{ ...accessed, value: step.value }] })
    // Only a batch can ask for documents, for all of its lines.
    if (!context.settings.json) context.print(asBusybox(step.value, width))
    context.blanks.saw([{ place, address: accessed.address, width, value: step.value }])
    return 0
  },
})

/** The width is not an option here. */
function checkAlignment(
  place: Place,
  width: Width,
  { facts }: Pick<Context, 'facts'>,
  least?: number,
): void {
  try {
    isBytewise(place, width, { system: facts }, least)
  } catch (error) {
    if (!(error instanceof RequestError)) throw error
    throw retell(error, { data: { cure: error.data.cure?.replace('--width', 'the width') } })
  }
}

function asBusybox(value: Value, width: Width): string {
  const digits = value.toString(16).toUpperCase()
  return `0x${digits.padStart(width / 4, '0')}`
}

function parseAddress(text: string): Place {
  return /^[0-9]/.test(text) ? parseAsC(text, 'an address', parsePlace) : parsePlace(text)
}

/**
 * A number, or a sum of numbers, as busybox takes them and as C does: a leading zero is octal, which
 * the grammar of places refuses; and nothing else that it takes is taken, such as 0b101, 4k or 1_000.
 */
function parseAsC<T>(text: string, what: string, parse: (text: string) => T): T {
  if (!/^[0-9]/.test(text)) throw malformed(text, what, 'expected a number such as 0x1f, 017 or 31')
  const terms = text.split('+')
  const wrong = terms.map((term) => /^0[0-7]*([89])[0-9]*$/.exec(term)?.[1]).find(Boolean)
  if (wrong !== undefined) {
    throw malformed(text, what, `a leading zero means octal, which has no digit ${wrong}`)
  }
  const octal = terms.map((term) => (/^0[0-7]+$/.test(term) ? `0o${term.slice(1)}` : term))
  const parsed = parse(octal.join('+'))
  if (!terms.every((term) => /^(?:0x[0-9a-f]+|[0-9]+)$/i.test(term))) {
    throw malformed(text, what, 'devmem takes numbers as C does, such as 0x1f, 017 or 31')
  }
  return parsed
}

function parseDevmemWidth(text: string): Width {
  const letter = LETTERS[text.toLowerCase()]
  if (letter !== undefined) return letter(systemAt().cpu)
  const number = /^[0-9]+$/.test(text) ? Number(text) : 0
  if (number === 8 || number === 16 || number === 32 || number === 64) return number
  const expected = 'expected 8, 16, 32 or 64, or b, h, w or l'
  // toybox counts bytes; its 8 is not distinguished from the 8 bits of busybox.
  const bits = number === 1 || number === 2 || number === 4 ? `${number * 8}` : undefined
  const hint =
    bits === undefined ? '' : ` (${counted(number, 'byte')}, as in toybox, ${are(number)} ${bits})`
  throw new RequestError('ESYNTAX', `${quote(text)} is not a width: ${expected}${hint}`, {
    input: text,
  })
}
