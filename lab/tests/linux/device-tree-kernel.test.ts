/** The kernel as the witness for device trees: it names each platform device by its address. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type DeviceTree,
  type DeviceTreeNode,
  type NodeRegions,
  nodesBelow,
  parseFlattened,
  readDeviceTree,
  regionsOf,
} from '../../../src/linux/device-tree/index.ts'
import { baseName } from '../../../src/linux/device-tree/node.ts'
import { labTitle, labUnavailable } from '../../machine/available.ts'
import { type Machine, startMachine } from '../../machine/machine.ts'
import { command } from '../../supply/command.ts'
import { boardCpus, deviceTreeFiles, deviceTreesUnavailable } from '../../supply/device-trees.ts'
import { guestProgram } from '../../supply/guest-program.ts'
import { graft } from './grafted-boards.ts'

const reason =
  labUnavailable('aarch64', '6.12') ??
  boardCpus.map(deviceTreesUnavailable).find((why) => why !== undefined)

interface Printed {
  /** Names of devices, each with the path of its node. */
  devices: [string, string][]
  /** Where the live tree is. */
  source: string
  live: Pick<NodeRegions, 'path' | 'regions'>[]
  flat: Pick<NodeRegions, 'path' | 'regions'>[]
}

/** drivers/of/platform.c, of_device_make_bus_id, with our translation in place of the kernel's. */
function deviceName(node: DeviceTreeNode): string {
  let name = ''
  for (let at = node; at.parent !== undefined; at = at.parent) {
    const behind = name === '' ? '' : `:${name}`
    const address = regionsOf(at)[0]?.address
    if (address !== undefined) return `${address.toString(16)}.${baseName(at.name)}${behind}`
    name = `${at.name}${behind}`
  }
  return name
}

/** Every so many boards, of each kernel. */
function someBoards(): DeviceTreeNode[] {
  return boardCpus.flatMap((cpu) => {
    const files = deviceTreeFiles(cpu).filter((_, index) => index % 61 === 0)
    return files.map((file) => readDeviceTree(file).root)
  })
}

describe.skipIf(reason)(labTitle('the device trees of many boards in one kernel', reason), () => {
  let folder: string
  let machine: Machine
  let tree: DeviceTree
  let boards: number
  let printed: Printed

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'physmem-grafted-'))
    const own = join(folder, 'virt.dtb')
    const board = ['-machine', `virt,dumpdtb=${own}`, '-cpu', 'cortex-a72', '-m', '768']
    await command('qemu-system-aarch64', [...board, '-nodefaults', '-display', 'none'])
    const grafted = graft(readDeviceTree(own).root, someBoards())
    boards = grafted.boards
    const file = join(folder, 'grafted.dtb')
    await writeFile(file, grafted.blob)
    tree = parseFlattened(grafted.blob, file)
    const program = await guestProgram('device-tree')
    machine = await startMachine({
      arch: 'aarch64',
      series: '6.12',
      devices: ['-dtb', file],
      files: [program.entry],
      lifetimeMs: 600_000,
      bootTimeoutMs: 300_000,
    })
    const ran = await machine.exec(program.command, { timeoutMs: 250_000 })
    expect(ran.stderr).toBe('')
    printed = JSON.parse(ran.stdout)
  }, 650_000)

  afterAll(async () => {
    await machine?.stop()
    await rm(folder, { recursive: true, force: true })
  })

  it('are translated as the kernel does', () => {
    const names = new Map(printed.devices.map(([name, path]) => [path, name]))
    const ours = [...nodesBelow(tree.root)].filter(({ path }) => path.startsWith('/board'))
    const differences = ours.flatMap((node) => {
      const [expected, name] = [names.get(node.path), deviceName(node)]
      return expected === name ? [] : [`${node.path} is ${name} to us, ${expected} to the kernel`]
    })
    const translated = ours.filter((node) => /^[0-9a-f]+\.n\d+$/.test(deviceName(node)))
    console.log(
      `${boards} boards: ${ours.length} devices, of which ${translated.length} with an address`,
    )
    expect(differences).toEqual([])
    expect(boards).toBeGreaterThan(20)
    expect(translated.length).toBeGreaterThan(2000)
  })

  it('are the same, read from the live tree and from the flattened one', () => {
    expect(printed.source).toBe('/sys/firmware/devicetree/base')
    expect(printed.live.length).toBeGreaterThan(300)
    expect(printed.live).toEqual(printed.flat.map(({ path, regions }) => ({ path, regions })))
  })
})
