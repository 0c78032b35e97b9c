import { listPlaces } from '../../inventory/places.ts'
import { openInventory, overlaySentence, treeFile } from '../../operate/inventory-of.ts'
import { originToJson } from '../../report/inventory.ts'
import { type ListDocument, placeToJson } from '../../report/list.ts'
import { printable } from '../../text/refuse.ts'
import { defineCommand } from '../frame/command.ts'
import { shownPlace } from '../views/format/address.ts'
import { noteIncomplete } from '../views/map/incomplete.ts'
import { listLines, matches } from '../views/map/list-view.ts'
import { alternativesOf } from '../views/map/list-words.ts'
import { printLines } from '../views/map/print.ts'
import { styleFor } from '../views/map/style.ts'

export default defineCommand({
  arguments: [
    {
      name: 'word',
      several: true,
      description: 'show only what has these words in it; dtb:FILE for a device tree in a file',
      completes: ['pci:', 'uio:', 'dt:', 'iomem:', 'port:', 'file:'],
    },
  ],
  options: {},
  meanings: { quiet: 'print the places only' },
  examples: [
    ['list', 'every place that can be named here'],
    ['list e1000', 'those that have this word in them: name, driver, what it is'],
    ['list pci: --quiet', 'the names only, for scripts'],
    ['list --target sim:', 'the registers and memories of the simulated board'],
    ['list dtb:board.dtb uart', 'those of a device tree in a file'],
  ],
  notes: [
    'Columns: the place, its physical address (or the number of its first I/O port), its size, its ' +
      'driver, and what else is known. Upper and lower case are equal. Exit 3 when there is none.',
  ],
  refuses: ['width', 'endian', 'verbose', 'actOnPorts'],
  async run(context, [given], _options) {
    const words = (given ?? []) as readonly string[]
    const file = words[0] === undefined ? undefined : treeFile(words[0])
    const wanted = file === undefined ? words : words.slice(1)
    const { json, quiet } = context.settings
    const inventory = await openInventory(context, file)
    noteIncomplete(context, inventory)
    const sought = wanted.map((word) => alternativesOf(word, context.root))
    const places = listPlaces(inventory).filter((place) => matches(place, sought))
    context.record<ListDocument>({ ...originToJson(inventory), places: places.map(placeToJson) })
    if (places.length === 0) {
      if (!json && !quiet) {
        const all = wanted.length === 0
        const none = all ? 'no place has a name' : `nothing here has ${wanted.join(' ')} in it`
        context.complain(overlaySentence(inventory) ?? none)
      }
      return 3
    }
    if (quiet && !json)
      printLines(
        context,
        places.map(({ place }) => printable(shownPlace(place))),
      )
    else if (!json) printLines(context, listLines(places, styleFor(context.io.stdout)))
    return 0
  },
})
