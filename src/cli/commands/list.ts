import { RequestError } from '../../base/errors.ts'
import { listPlaces } from '../../inventory/places.ts'
import type { Files } from '../../linux/files.ts'
import { isDeviceTree } from '../../operate/files.ts'
import { openInventory, overlaySentence, treeFile } from '../../operate/inventory-of.ts'
import { isNamed } from '../../place/named-words.ts'
import { originToJson } from '../../report/inventory.ts'
import type { ListDocument } from '../../report/list.ts'
import { didYouMean, said } from '../../text/hint.ts'
import { printable } from '../../text/refuse.ts'
import { accepted, suggesting } from '../../text/suggest.ts'
import { looks } from '../frame/batch/reasons.ts'
import { defineCommand } from '../frame/command.ts'
import { sharedOptions } from '../frame/options.ts'
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
      description:
        'show only what has these words in it, or the registers of these names; dtb:FILE for a device tree in a file',
      completes: 'kind',
    },
  ],
  options: { chip: sharedOptions.chip, board: sharedOptions.board },
  meanings: {
    quiet: 'print the places only; of registers, the names',
    verbose: 'say on stderr which board file is used',
  },
  examples: [
    ['list', 'every place that can be named here'],
    ['list e1000', 'those that have this word in them: name, driver, what it is'],
    ['list pci: --quiet', 'the names only, for scripts'],
    ['list --target sim:', 'the registers and memories of the simulated board'],
    ['list dtb:board.dtb uart', 'those of a device tree in a file'],
    ["list 'UART*'", 'the registers of all blocks whose names begin like this'],
  ],
  notes: [
    'Columns: the place, its physical address (or the number of its first I/O port), its size, its ' +
      'driver, and what else is known. Case is ignored. Exit 3 when there is none.',
    'Where no place has the words, or with --chip or --board, they are names of registers, as read ' +
      'takes them. Nothing is accessed.',
  ],
  refuses: ['width', 'endian', 'actOnPorts', 'actOnI2c'],
  severally: { prints: 'at its end' },
  inBatches: looks,
  async run(context, [given], options) {
    const words = (given ?? []) as readonly string[]
    if (options.chip !== undefined || options.board !== undefined) {
      const { listNamed } = await import('./named/list.ts')
      return listNamed(context, words, options)
    }
    const file = words[0] === undefined ? undefined : treeFile(words[0])
    const wanted = file === undefined ? words : words.slice(1)
    const { json, quiet } = context.settings
    const inventory = await openInventory(context, file)
    const sought = await context.look(({ files }) =>
      wanted.map((word) => alternativesOf(word, files)),
    )
    const places = listPlaces(inventory).filter((place) => matches(place, sought))
    let missed: RequestError | undefined
    if (places.length === 0 && words.length > 0 && words.every(isNamed)) {
      const { listIfNamed } = await import('./named/list.ts')
      missed = await listIfNamed(context, words, options)
      if (missed === undefined) return 0
    }
    noteIncomplete(context, inventory)
    context.record<ListDocument>({ ...originToJson(inventory), places })
    if (places.length === 0) {
      if (!json && !quiet) {
        const noTree =
          inventory.board === undefined && file === undefined && wanted.some(isOfTree)
            ? await context.look(({ files }) => lackOfTree(wanted.join(' '), files))
            : undefined
        context.complain(overlaySentence(inventory) ?? noTree ?? noneOf(wanted, missed))
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

/** `missed`: why they name no register, and which was meant. */
function noneOf(wanted: readonly string[], missed?: RequestError): string {
  if (wanted.length === 0) return 'no place has a name'
  const [first = ''] = wanted
  const isTree = (text: string) => {
    const file = treeFile(text)
    if (file === undefined || !isDeviceTree(file)) throw new RequestError('ENOPLACE', text)
  }
  const meant = suggesting(first, isTree, () => accepted(first, `dtb:${first}`))
  const wrong = `nothing here has ${wanted.join(' ')} in it`
  const named = wanted.length === 1 ? missed?.data.suggestion?.meant : undefined
  if (meant === undefined && named !== undefined) {
    return said({ wrong, joint: ', ', meant: named, behind: '' }).message
  }
  return said(didYouMean(wrong, meant)).message
}

const isOfTree = (word: string): boolean => word.startsWith('dt:')

/** Why nothing of the device tree is listed, where that is because there is none. */
async function lackOfTree(words: string, files: Files): Promise<string | undefined> {
  const { openDeviceTree } = await import('../../linux/device-tree/index.ts')
  const { noDeviceTree } = await import('../../ways/named/device-tree.ts')
  return openDeviceTree(files) === undefined ? noDeviceTree(words).message : undefined
}
