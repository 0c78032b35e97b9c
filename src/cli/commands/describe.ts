import { parseNamed } from '../../place/named.ts'
import { type DescribeDocument, describedToJson } from '../../report/describe.ts'
import { looks } from '../frame/batch/reasons.ts'
import { defineCommand, several } from '../frame/command.ts'
import { sharedOptions } from '../frame/options.ts'
import { describedLines } from '../views/registers/described.ts'
import { describedFieldLines, nameOf } from '../views/registers/described-field.ts'
import { registerRows } from '../views/registers/rows.ts'
import { rowWidth } from '../views/registers/text-room.ts'
import { isSingle, partOf } from './named/registers.ts'
import { openSession } from './named/session.ts'

export default defineCommand({
  arguments: [
    {
      name: 'name',
      needed: true,
      several: true,
      description: 'registers by name: UART0.CR, UART0, a pattern, pl011@0x09000000.FR',
      completes: { place: 'naming' },
      parse: parseNamed,
    },
  ],
  options: { chip: sharedOptions.chip, board: sharedOptions.board },
  meanings: { quiet: 'print the names only', verbose: 'say on stderr which board file is used' },
  examples: [
    ['describe UART0.CR', 'address, width, access, effects, and a picture of the bits'],
    ['describe UART0', 'the registers of a block, one per line'],
    ['describe demo.CONTROL --target sim:', 'of the simulated board'],
    ['describe uart0.FR:TXFE --target sim:', 'one field: its bits, and what its values mean'],
  ],
  notes: ['Nothing is accessed: it shows what the description says, and what physmem makes of it.'],
  refuses: ['width', 'endian', 'actOnPorts', 'actOnI2c'],
  severally: { prints: 'at its end' },
  inBatches: looks,
  async run(context, args, options) {
    const operands = several(args, 0).map((text) => parseNamed(text))
    const session = await openSession(context, { ...options, onlyNames: true })
    const groups = []
    for (const operand of operands) {
      const registers = await session.find(operand)
      const [first] = registers
      const single = isSingle(operand, registers)
      // Bits are looked for, though all of the register is shown.
      const part = single && first ? partOf(first, operand) : undefined
      const field = operand.field === undefined ? undefined : part?.field
      groups.push({ registers, isSingle: single, field })
    }
    await context.turn()
    const { json, quiet } = context.settings
    const all = groups.flatMap(({ registers, field }) =>
      registers.map((register) => ({ register, field })),
    )
    context.record<DescribeDocument>({
      registers: all.map(({ register, field }) => describedToJson(register, field)),
    })
    if (json) return 0
    if (quiet) context.print(all.map(({ register, field }) => nameOf(register, field)))
    else {
      const { stdout } = context.io
      const columns = stdout.isTerminal ? stdout.columns : Number.POSITIVE_INFINITY
      for (const { registers, isSingle, field } of groups) {
        const [only] = registers
        if (only && field) context.print(describedFieldLines(only, field))
        else if (isSingle && only) context.print(describedLines(only, columns))
        else context.print(registerRows(registers, rowWidth(stdout)))
      }
    }
    return 0
  },
})
