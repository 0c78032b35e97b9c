/** Run in a guest: prints, as JSON, the kernel's platform devices and what physmem has of the tree. */
import { readdirSync, readlinkSync } from 'node:fs'
import {
  findNode,
  listRegions,
  openDeviceTree,
  readDeviceTree,
  regionsOf,
} from '../../../src/linux/device-tree/index.ts'
import { Translator } from '../../../src/linux/device-tree/ranges.ts'

const platform = '/sys/bus/platform/devices'
const base = '/firmware/devicetree/base'

/** The node that the kernel made a device from. */
function nodeOf(device: string): string | undefined {
  try {
    const target = readlinkSync(`${platform}/${device}/of_node`)
    return target.slice(target.indexOf(base) + base.length)
  } catch {
    return undefined // not from the device tree
  }
}

const devices = readdirSync(platform).flatMap((name) => {
  const node = nodeOf(name)
  return node === undefined ? [] : [[name, node]]
})
/** Without the node, which leads to the whole tree. */
const flat = listRegions(readDeviceTree('/sys/firmware/fdt')).map(({ node: _, ...entry }) => entry)

// Some boards are enough: an emulated CPU takes milliseconds to read a node from sysfs.
const tree = openDeviceTree()
const translator = new Translator()
const some = flat.filter(({ path }) => !path.startsWith('/board') || /^\/board\d\//.test(path))
const live = some.map(({ path }) => {
  const node = tree && findNode(tree, path)
  return { path: node?.path, regions: node && regionsOf(node, translator) }
})
const source = tree?.name
process.stdout.write(JSON.stringify({ devices, source, live, flat: some }))
