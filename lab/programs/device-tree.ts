/** Run in a guest: prints, as JSON, the kernel's platform devices and what physmem has of the tree. */
import { readdirSync, readlinkSync } from 'node:fs'
import { listRegions, openDeviceTree, readDeviceTree } from '../../src/linux/device-tree/index.ts'

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
const start = performance.now()
const tree = openDeviceTree()
const live = tree ? listRegions(tree).map(({ node: _, ...entry }) => entry) : []
const liveMs = performance.now() - start
const flatStart = performance.now()
const flat = listRegions(readDeviceTree('/sys/firmware/fdt')).map(({ node: _, ...entry }) => entry)
const flatMs = performance.now() - flatStart
process.stdout.write(JSON.stringify({ devices, live, flat, liveMs, flatMs }))
