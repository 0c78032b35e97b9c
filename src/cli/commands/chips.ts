import { rangeName } from '../../describe/element.ts'
import type { Block } from '../../describe/model.ts'
import type { Source } from '../../device/sources.ts'
import { unusableIn, unusableText, usableOf } from '../../device/unusable.ts'
import type { ChipsDocument } from '../../report/chips.ts'
import { counted } from '../../text/count.ts'
import { printable } from '../../text/refuse.ts'
import { looks } from '../frame/batch/reasons.ts'
import { defineCommand } from '../frame/command.ts'
import { sharedOptions } from '../frame/options.ts'
import { padded } from '../views/format/value.ts'
import { openSession } from './named/session.ts'

export default defineCommand({
  arguments: [],
  options: { chip: sharedOptions.chip, board: sharedOptions.board },
  meanings: {
    quiet: 'print the names of blocks and devices only',
    verbose: 'say on stderr which board file is used',
  },
  examples: [
    ['chips', 'what is described here, and by which file'],
    ['chips --chip bcm2711.svd', 'the same with another chip'],
    ['chips --target sim:', 'of the simulated board'],
  ],
  notes: [
    'Nothing is accessed. Devices are those that the running machine names (the device tree, PCI, ' +
      'ACPI), as far as a description or physmem itself knows their kind.',
  ],
  refuses: ['width', 'endian', 'actOnPorts', 'actOnI2c'],
  severally: { prints: 'at its end' },
  inBatches: looks,
  async run(context, _args, options) {
    const session = await openSession(context, options)
    await context.turn()
    const devices = await session.devicesAsTheyAre()
    const described = session.sources.map((source) => ({
      source,
      unusable: unusableIn(source, '*'),
      blocks: usableOf(source, '*').blocks,
    }))
    const { json, quiet } = context.settings
    context.record<ChipsDocument>({
      descriptions: described.map(({ source: { from, device }, blocks, unusable }) => ({
        ...{ from, chip: device.name, blocks: blocks.map(({ name }) => name) },
        ...(unusable.length > 0 && {
          unusable: unusable.map(({ name, why }) => ({ name, why: why.message })),
        }),
      })),
      devices: devices.map(({ name, blocks, asleep }) => ({
        ...{ name, blocks: blocks.map(({ kind }) => kind.block.name) },
        from: blocks[0]?.kind.from ?? '',
        ...(asleep === undefined ? {} : { asleep }),
      })),
    })
    if (json) return 0
    if (quiet) {
      const names = described.flatMap(({ blocks }) => blocks.map(rangeName))
      context.print([...names, ...devices.map(({ name }) => name)].map(printable))
      return 0
    }
    for (const { source, blocks, unusable } of described) {
      context.print(
        sourceLine(source, blocks),
        unusable.map((one) => `  ${unusableText(one)}`),
      )
    }
    const names = padded(devices.map(({ name }) => printable(name)))
    context.print(
      devices.map(({ blocks, asleep }, index) => {
        const kinds = blocks.map(({ kind }) => printable(kind.block.name)).join(', ')
        const end = asleep === undefined ? '' : `  ${asleep}`
        return `${names[index]}  ${kinds} (${printable(blocks[0]?.kind.from ?? '')})${end}`
      }),
    )
    if (session.sources.length === 0 && devices.length === 0) {
      context.note('nothing is described here: name a file with --chip FILE or in physmem.yaml')
    }
    return 0
  },
})

function sourceLine({ from, device }: Source, blocks: readonly Block[]): string {
  const names = blocks.slice(0, 8).map((block) => printable(rangeName(block)))
  const more = blocks.length > names.length ? ', …' : ''
  const list = names.length === 0 ? '' : `: ${names.join(', ')}${more}`
  const file = device.name === from ? '' : ` (${printable(from)})`
  return `${printable(device.name)}${file}  ${counted(blocks.length, 'block')}${list}`
}
