/**
 * What `map dtb:FILE` and `list dtb:FILE` say of every board that Debian's kernel packages know:
 * each region of each node is shown once, and each place that is listed leads back to it.
 */
import { describe, expect, it } from 'vitest'
import { readTreeInventory } from '../../../src/inventory/inventory.ts'
import { listPlaces } from '../../../src/inventory/places.ts'
import { walk } from '../../../src/inventory/region.ts'
import {
  findNode,
  listRegions,
  readDeviceTree,
  regionOf,
} from '../../../src/linux/device-tree/index.ts'
import { parsePlace } from '../../../src/place/place.ts'
import {
  type BoardCpu,
  boardCpus,
  deviceTreeFiles,
  deviceTreesUnavailable,
} from '../../supply/device-trees.ts'

interface Findings {
  boards: number
  places: number
  wrong: string[]
}

async function examine(cpu: BoardCpu): Promise<Findings> {
  const findings: Findings = { boards: 0, places: 0, wrong: [] }
  for (const file of await deviceTreeFiles(cpu)) {
    const inventory = await readTreeInventory(file)
    const tree = readDeviceTree(file)
    const expected = listRegions(tree).flatMap(({ path, regions }) =>
      regions.flatMap(({ address, length }, index) =>
        address === undefined || length === 0 ? [] : [`${path}#${index} ${address} ${length}`],
      ),
    )
    const shown = [...walk(inventory.memory)].flatMap(({ start, last, facts }) =>
      facts.flatMap((fact) =>
        fact.kind === 'node' ? [`${fact.path}#${fact.region} ${start} ${last - start + 1}`] : [],
      ),
    )
    if (expected.sort().join() !== shown.sort().join())
      findings.wrong.push(`${file}: not all shown`)
    for (const { place, address, length } of listPlaces(inventory)) {
      const parsed = parsePlace(place)
      if (parsed.scheme !== 'dtb') throw new Error(place)
      const region = regionOf(findNode(tree, parsed.node), parsed.region)
      if (region.address !== address || region.length !== length) findings.wrong.push(place)
      findings.places++
    }
    findings.boards++
  }
  return findings
}

describe.each(boardCpus)('the boards of %s', (cpu) => {
  const reason = deviceTreesUnavailable(cpu)
  const title = reason === undefined ? '' : ` (skipped: ${reason})`
  it.skipIf(reason !== undefined)(
    `are mapped and listed${title}`,
    async () => {
      const { boards, places, wrong } = await examine(cpu)
      expect(wrong).toEqual([])
      expect(boards).toBeGreaterThan(100)
      expect(places).toBeGreaterThan(10 * boards)
    },
    400_000,
  )
})
