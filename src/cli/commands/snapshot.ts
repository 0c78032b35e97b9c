import { RequestError } from '../../base/errors.ts'
import { skippedSentence } from '../../device/read-rules.ts'
import { placeInMemory, type SettledRegister } from '../../device/register.ts'
import { formatSnapshot, SNAPSHOT_FORMAT, type Snapshot } from '../../device/snapshot/format.ts'
import { Readings } from '../../operate/reading.ts'
import { TextFile } from '../../operate/text-file.ts'
import { type NamedOperand, parseNamed } from '../../place/named.ts'
import { formatPlace } from '../../place/place.ts'
import { schemeOf } from '../../place/schemes/index.ts'
import type { SnapshotDocument } from '../../report/snapshot.ts'
import { counted } from '../../text/count.ts'
import { formatHex } from '../../text/number.ts'
import { clip } from '../../text/refuse.ts'
import { saved } from '../frame/batch/reasons.ts'
import { defineCommand, several } from '../frame/command.ts'
import { sharedOptions } from '../frame/options.ts'
import { outputPath } from '../frame/paths.ts'
import { itemOf } from './named/read.ts'
import { type Chosen, choose, settledChosen, type Wanted } from './named/registers.ts'
import { openSession } from './named/session.ts'
import { chipOf } from './snapshots/present.ts'

export default defineCommand({
  arguments: [
    {
      name: 'name',
      needed: true,
      several: true,
      description: 'names of blocks or registers, or patterns',
      completes: { place: 'naming' },
      parse: wholeRegisters,
    },
  ],
  options: {
    output: {
      flags: '-o, --output <file>',
      description: 'the file to write; without it, the snapshot is printed',
      parse: outputPath,
      fallback: undefined as string | undefined,
      completes: 'file' as const,
    },
    chip: sharedOptions.chip,
    board: sharedOptions.board,
    force: sharedOptions.force,
  },
  examples: [
    ['snapshot uart0 gpio -o before.json --target sim:', 'two blocks, into a file'],
    ['diff before.json', 'what has changed since'],
    ['restore before.json --dry-run', 'what would be written to restore it'],
  ],
  notes: [
    'Registers are read as the read command reads a block: once each, at their own width, and none whose read has ' +
      'an effect, or may have one by its name. Those are listed, also in the file.',
  ],
  refuses: ['width'],
  severally: {
    prints: 'at its end',
    refuses: (_, { output }) => (output === undefined ? undefined : '--output is for one target'),
  },
  inBatches: saved,
  async run(context, args, options) {
    const operands = several(args, 0).map((text) => wholeRegisters(text))
    const session = await openSession(context, { ...options, onlyNames: true })
    const chosen: Chosen = { wanted: [], skipped: [] }
    for (const operand of operands) {
      const { wanted, skipped } = await choose(context, session, operand, options)
      chosen.wanted.push(...wanted)
      chosen.skipped.push(...skipped)
    }
    const machine = await context.machine(
      'read',
      chosen.wanted.map(({ register }) => placeInMemory(register)),
      [],
    )
    const there = await settledChosen(machine, chosen)
    const wanted = onceEach(there.wanted)
    const items = wanted.map((one) => itemOf(one, context))
    const readings = await Readings.of(machine, items, context.settings)
    const { output } = options
    const file = output === undefined || output === '-' ? undefined : output
    const places = wanted.map(({ register }) => register.place)
    const text =
      file === undefined ? undefined : new TextFile(file, { places, descriptions: session.files })
    try {
      if (items.length > 0) await readings.plan.run()
      const elements = readings.elements()
      context.blanks.saw(elements)
      const chip = chipOf(session)
      const skipped = there.skipped.map(({ register, reason }) => {
        return { register: register.name, why: reason.text }
      })
      const registers = elements.map(({ place, address, width, value }, index) => {
        const register = wanted[index]?.register.name ?? ''
        return { register, place: formatPlace(place), address, width, value }
      })
      const head = {
        ...(chip === undefined ? {} : { chip }),
        target: context.settings.target,
        time: new Date().toISOString(),
      }
      const snapshot: Snapshot = {
        format: SNAPSHOT_FORMAT,
        ...head,
        registers: registers.map(({ address: _, ...register }) => ({
          ...register,
          value: formatHex(register.value, register.width),
        })),
        skipped,
      }
      text?.write(formatSnapshot(snapshot))
      context.record<SnapshotDocument>({
        ...{ ...head, registers, skipped },
        ...(file === undefined ? {} : { file }),
      })
      if (file === undefined && !context.settings.json) {
        context.print(formatSnapshot(snapshot).trimEnd())
      }
      if (file !== undefined && !context.settings.json && !context.settings.quiet) {
        context.print(`${counted(elements.length, 'register')} in ${file}`)
      }
      const left = skippedSentence(there.skipped)
      if (left !== undefined) context.note(left)
    } finally {
      text?.close()
    }
    return 0
  },
})

/** What several names mean is saved once: one name may be that of registers at several places. */
function onceEach(wanted: readonly Wanted<SettledRegister>[]): Wanted<SettledRegister>[] {
  const seen = new Set<string>()
  return wanted.filter(({ register: { name, place, found } }) => {
    const key = `${name} ${formatPlace(place)} ${found.register.width}`
    return !seen.has(key) && seen.add(key)
  })
}

/** Names of registers. Throws EUSAGE for a part of one: to restore it would write its neighbours, too. */
function wholeRegisters(word: string): NamedOperand {
  const operand = parseNamed(word)
  if (operand.field === undefined && operand.bits === undefined) return operand
  const scheme = schemeOf(word)
  if (scheme !== undefined && scheme.name !== 'pci') {
    const message = `${clip(word)} is a place, but a snapshot holds registers by their names`
    throw new RequestError('EUSAGE', message, {
      input: word,
      cure: 'dump saves what is at a place',
    })
  }
  const message = `${clip(word)} is a part of a register, but a snapshot holds whole registers`
  throw new RequestError('EUSAGE', message, { input: word, cure: `give ${clip(operand.text)}` })
}
