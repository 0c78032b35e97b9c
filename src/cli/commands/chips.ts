import type { Source } from '../../device/sources.ts'
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
  meanings: { quiet: 'print the names of blocks and devices only' },
  examples: [
    ['chips', 'what is described here, and by which file'],
    ['chips --chip bcm2711.svd', 'the same with another chip'],
    ['chips --target sim:', 'of the simulated board'],
  ],
  notes: [
    'Nothing is accessed. Devices are those that the running machine names (the device tree, PCI, ' +
      'ACPI), as far as a description or physmem itself knows their kind.',
  ],
  refuses: ['width', 'endian', 'actOnPorts'],
  inBatches: looks,
  async run(context, _args, options) {
    const session = await openSession(context, options)
    await context.turn()
    const found = await session.devices()
    const devices = found.map((device) => ({ ...device, asleep: device.whyAsleep() }))
    const { json, quiet } = context.settings
    context.record<ChipsDocument>({
      descriptions: session.sources.map(({ from, device }) => ({
        ...{ from, chip: device.name, blocks: device.blocks.map(({ name }) => name) },
      })),
      devices: devices.map(({ name, blocks, asleep }) => ({
        ...{ name, blocks: blocks.map(({ kind }) => kind.block.name) },
        from: blocks[0]?.kind.from ?? '',
        ...(asleep === undefined ? {} : { asleep }),
      })),
    })
    if (json) return 0
    if (quiet) {
      const names = session.sources.flatMap(({ device }) => device.blocks.map(({ name }) => name))
      context.print(...[...names, ...devices.map(({ name }) => name)].map(printable))
      return 0
    }
    for (const source of session.sources) context.print(sourceLine(source))
    const names = padded(devices.map(({ name }) => printable(name)))
    context.print(
      ...devices.map(({ blocks, asleep }, index) => {
        const kinds = blocks.map(({ kind }) => printable(kind.block.name)).join(', ')
        const end = asleep === undefined ? '' : `  ${asleep}`
        return `${names[index]}  ${kinds} (${printable(blocks[0]?.kind.from ?? '')})${end}`
      }),
    )
    if (session.sources.length === 0 && devices.length === 0) {
      context.note('nothing is described here: name a file, as --chip FILE or in physmem.yaml')
    }
    return 0
  },
})

function sourceLine({ from, device }: Source): string {
  const names = device.blocks.slice(0, 8).map(({ name }) => printable(name))
  const more = device.blocks.length > names.length ? ', …' : ''
  const blocks = counted(device.blocks.length, 'block')
  return `${printable(device.name)} (${printable(from)})  ${blocks}: ${names.join(', ')}${more}`
}
