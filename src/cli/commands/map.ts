import { RequestError } from '../../base/errors.ts'
import { describeAddress } from '../../inventory/describe.ts'
import { Names } from '../../inventory/names.ts'
import { numaNodeOf } from '../../linux/numa.ts'
import { addressOfPlaceBy, type PlaceAddress } from '../../machine/local/address.ts'
import { stretchOf } from '../../machine/local/resolve/stretch.ts'
import {
  meaningsOnBuses,
  openInventory,
  overlaySentence,
  placeInTree,
  treeFile,
} from '../../operate/inventory-of.ts'
import { checkUse } from '../../operate/place-uses.ts'
import { parsePlace } from '../../place/place.ts'
import type { Place } from '../../place/schemes/index.ts'
import { onSimulatedBoard } from '../../place/target.ts'
import { originToJson } from '../../report/inventory.ts'
import type { MapDocument } from '../../report/map.ts'
import { regionToJson, treeToJson } from '../../report/region.ts'
import { formatHex } from '../../text/number.ts'
import { printable } from '../../text/refuse.ts'
import { looks } from '../frame/batch/reasons.ts'
import { defineCommand } from '../frame/command.ts'
import type { Context } from '../frame/context.ts'
import { shownPlace } from '../views/format/address.ts'
import { addressLines } from '../views/map/address-view.ts'
import { type FactsOf, memoryFacts, portFacts } from '../views/map/facts.ts'
import { noteIncomplete } from '../views/map/incomplete.ts'
import { pciDetails } from '../views/map/pci-details.ts'
import { pictureLines } from '../views/map/picture.ts'
import { printLines } from '../views/map/print.ts'
import { memoryNotation, portNotation, rowLines, treeRows } from '../views/map/rows.ts'
import { styleFor } from '../views/map/style.ts'
import { withAsking } from '../views/translate/asking.ts'

export default defineCommand({
  arguments: [
    {
      name: 'place',
      description: 'an address, a port or another place; dtb:FILE for a device tree in a file',
      completes: { place: 'address' },
    },
    {
      name: 'address',
      description: 'after dtb:FILE, an address or node in it',
      completes: { behind: (file) => (file.startsWith('dtb:') ? `${file}:` : undefined) },
    },
  ],
  options: {
    picture: { flags: '--no-picture', description: 'leave out the bar', fallback: true as boolean },
    ports: {
      flags: '--no-ports',
      description: 'leave out the I/O ports',
      fallback: true as boolean,
    },
  },
  meanings: { quiet: 'print no picture and no headings; for an address only its places' },
  examples: [
    ['map', 'what is at which address, and at which I/O port'],
    ['map 0xfebf1000', 'at this address: resource, device, driver, BAR, offset'],
    ['map port:0x71', 'the same for an I/O port'],
    ['map --target sim:', 'what the simulated board has'],
    ['map pid:1234:0x7ffc12345678', 'the address of any place, and what is known of it'],
    ['map dtb:board.dtb', 'what a device tree says of a machine that is not here'],
    ['map dtb:board.dtb /soc/serial', 'a node of it, or an address'],
  ],
  notes: [
    'Joins /proc/iomem and /proc/ioports with the BARs of PCI, the maps of UIO devices, the nodes of ' +
      'the device tree, the buffers of u-dma-buf, and drivers. An address of which nothing is known ' +
      'is shown with its neighbours; exit 3.',
  ],
  refuses: ['width', 'endian', 'actOnPorts', 'actOnI2c'],
  severally: { prints: 'at its end' },
  inBatches: looks,
  async run(context, [first, second], options) {
    const [place, address] = [first as string | undefined, second as string | undefined]
    const file = place === undefined ? undefined : treeFile(place)
    if (file === undefined && address !== undefined) {
      throw new RequestError(
        'EUSAGE',
        `${address} is one argument too many: a second address is taken only after dtb:FILE`,
        { input: address },
      )
    }
    const where = file === undefined ? place : address
    return where === undefined ? showAll(context, file, options) : showPlace(context, file, where)
  },
})

async function showAll(
  context: Context,
  file: string | undefined,
  options: { picture: boolean; ports: boolean },
): Promise<0 | 3> {
  const { json, quiet } = context.settings
  const inventory = await openInventory(context, file)
  noteIncomplete(context, inventory)
  const { memory } = inventory
  const ports = options.ports ? inventory.ports : []
  const names = new Names(inventory)
  if (json) {
    context.record<MapDocument>({
      ...originToJson(inventory),
      memory: treeToJson(memory, names, 'memory'),
      ports: treeToJson(ports, names, 'ports'),
    })
  }
  if (memory.length + ports.length === 0) {
    const none =
      file === undefined
        ? 'nothing is known: neither /proc nor /sys gives any address'
        : `nothing is known: no node of ${file} has an address`
    context.complain(overlaySentence(inventory) ?? none)
    return 3
  }
  if (json) return 0
  const style = styleFor(context.io.stdout)
  const heading = (text: string) => (quiet ? [] : [style.paint('heading', text)])
  const picture = quiet || !options.picture ? [] : [...pictureLines(memory, style), '']
  const factsOf: FactsOf = (region, around) => memoryFacts(region, around, names)
  const memoryRows = treeRows(memory, factsOf, style)
  printLines(context, [...picture, ...heading('memory')])
  printLines(context, rowLines(memoryRows, memoryNotation, style))
  if (ports.length === 0) return 0
  const portRows = treeRows(ports, portFacts, style)
  context.print(quiet ? [] : [''], heading('I/O ports'))
  printLines(context, rowLines(portRows, portNotation, style))
  return 0
}

/** Another board's addresses are not bounded by this CPU. */
async function find(
  context: Context,
  place: Place,
  file: string | undefined,
): Promise<PlaceAddress> {
  checkUse(place, 'address')
  if (file !== undefined && place.scheme === 'address') {
    return { space: 'memory', address: place.offset }
  }
  if (place.scheme === 'dtb') {
    const { address } = await stretchOf(place, 1, context.system)
    return { space: 'memory', address }
  }
  return await withAsking(context, (asking) => addressOfPlaceBy(asking, place))
}

function onBoard(place: Place): PlaceAddress {
  return { space: 'memory', address: onSimulatedBoard(place).offset }
}

async function showPlace(
  context: Context,
  given: string | undefined,
  text: string,
): Promise<0 | 3> {
  const { json, quiet } = context.settings
  const place = given === undefined ? parsePlace(text) : placeInTree(given, text)
  // A node of a tree in a file is shown as that tree has it, not as this machine.
  const file = place.scheme === 'dtb' ? place.path : given
  const inventory = await openInventory(context, file)
  noteIncomplete(context, inventory)
  const overlay = overlaySentence(inventory)
  if (overlay !== undefined) context.note(overlay)
  const { address, space } =
    inventory.board === undefined ? await find(context, place, file) : onBoard(place)
  const description = describeAddress(inventory, address, space)
  const { found, places, below, above } = description
  const regions = found.map(({ region }) => region)
  const names = new Names(inventory)
  const isHere = file === undefined && inventory.board === undefined
  const pci = isHere ? await context.look(({ files }) => pciDetails(regions, files)) : undefined
  const inRam = isHere && space === 'memory' && regions.at(-1)?.kind === 'ram'
  const numaNode = inRam ? await context.look(({ files }) => numaNodeOf(address, files)) : undefined
  const onBuses =
    space === 'memory'
      ? await context.look((system) => meaningsOnBuses(inventory, address, system))
      : []
  const toJson = (region: (typeof regions)[number]) => regionToJson(region, names, space)
  context.record<MapDocument>({
    ...originToJson(inventory),
    ...{ space, address },
    regions: found.map(({ region, offset }) => ({ ...toJson(region), offset })),
    ...(pci === undefined ? {} : { device: { ...pci, text: undefined } }),
    ...(numaNode === undefined ? {} : { numaNode }),
    places,
    ...(onBuses.length === 0 ? {} : { busAddresses: onBuses }),
    ...(below === undefined ? {} : { below: toJson(below) }),
    ...(above === undefined ? {} : { above: toJson(above) }),
  })
  if (quiet && !json) {
    printLines(
      context,
      places.map((one) => printable(shownPlace(one))),
    )
  } else if (!json) {
    const factsOf: FactsOf = (region, around) =>
      space === 'memory' ? memoryFacts(region, around, names) : portFacts(region, around)
    const details = {
      factsOf,
      ...(pci === undefined ? {} : { pci }),
      ...(numaNode === undefined ? {} : { numaNode }),
    }
    printLines(context, addressLines(description, details, styleFor(context.io.stdout)))
  }
  for (const { bus, address: there } of onBuses) {
    const shown = formatHex(address, 32)
    context.note(
      `${shown} is an address of the bus ${bus}: the CPU sees it at ${formatHex(there, 32)}`,
    )
  }
  return found.length === 0 ? 3 : 0
}
