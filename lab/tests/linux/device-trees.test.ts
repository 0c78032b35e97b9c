/** Every device tree of Debian's kernel packages, as dtc and fdtdump have it. */
import { describe, expect, it } from 'vitest'
import { labTitle } from '../../machine/available.ts'
import { boardCpus, deviceTreeFiles, deviceTreesUnavailable } from '../../supply/device-trees.ts'
import { compareBoards } from './board-comparison.ts'

describe.each(boardCpus)('the device trees of the %s kernel', (cpu) => {
  const reason = deviceTreesUnavailable(cpu)
  const files = reason === undefined ? deviceTreeFiles(cpu) : []
  const title = `are read and translated as dtc and fdtdump have it: ${files.length} boards`

  it.skipIf(reason)(labTitle(title, reason), { timeout: 500_000 }, async () => {
    const found = await compareBoards(files)
    console.log(
      `${cpu}: ${found.boards} boards, ${found.nodes} nodes, ${found.properties} properties, ` +
        `${found.regions} regions, of which ${found.translated} have another address than reg says`,
    )
    expect(found.differences).toEqual([])
    expect(found.boards).toBe(files.length)
    expect(found.boards).toBeGreaterThan(800)
    expect(found.regions).toBeGreaterThan(50_000)
    expect(found.translated).toBeGreaterThan(1000)
  })
})
