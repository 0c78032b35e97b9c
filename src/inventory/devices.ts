import { join } from 'node:path'
import type { Files } from '../linux/files.ts'
import { linkName, listFolder, readText } from '../linux/read.ts'
import type { DeviceFact } from './region.ts'

/** The buses whose devices have memory or ports, besides PCI. */
const buses = ['platform', 'amba', 'pnp'] as const

/** What a PNP device says that it has. */
export interface PnpClaim {
  space: 'memory' | 'ports'
  start: number
  last: number
  fact: DeviceFact
}

/** The devices of a machine that are on no PCI bus, and their drivers. Looked up when asked for. */
export class Devices {
  readonly #files: Files
  #buses: Map<string, string> | undefined
  #nodes: Map<string, string> | undefined

  constructor(files: Files) {
    this.#files = files
  }

  /** The device that a resource is named for: `9000000.pl011 pl011@9000000`, `pnp 00:04`. */
  named(resource: string): DeviceFact | undefined {
    const [first = '', second = ''] = resource.split(' ')
    return this.#fact(resource) ?? this.#fact(first === 'pnp' ? second : first)
  }

  /** The device that was made from a node of the device tree. */
  ofNode(path: string): DeviceFact | undefined {
    this.#nodes ??= this.#readNodes()
    const name = this.#nodes.get(path)
    return name === undefined ? undefined : this.#fact(name)
  }

  /** The stretches that PNP devices say are theirs, without those that are disabled. */
  pnp(): PnpClaim[] {
    return listFolder(this.#files, '/sys/bus/pnp/devices').flatMap((name) => {
      const fact = this.#fact(name)
      return fact === undefined ? [] : this.#pnpClaims(fact)
    })
  }

  #fact(device: string): DeviceFact | undefined {
    this.#buses ??= this.#readBuses()
    const bus = this.#buses.get(device)
    if (bus === undefined) return undefined
    const driver = linkName(this.#files, join('/sys/bus', bus, 'devices', device, 'driver'))
    return { kind: 'device', device, bus, ...(driver === undefined ? {} : { driver }) }
  }

  #readBuses(): Map<string, string> {
    const found = new Map<string, string>()
    for (const bus of buses) {
      for (const device of listFolder(this.#files, join('/sys/bus', bus, 'devices')))
        found.set(device, bus)
    }
    return found
  }

  /** `of_node` leads to `…/firmware/devicetree/base/PATH`. */
  #readNodes(): Map<string, string> {
    const found = new Map<string, string>()
    for (const bus of ['platform', 'amba']) {
      const folder = join('/sys/bus', bus, 'devices')
      for (const device of listFolder(this.#files, folder)) {
        const link = this.#files.link(join(folder, device, 'of_node')) ?? ''
        const path = /\/devicetree\/base(\/.*)$/.exec(link)?.[1]
        if (path !== undefined) found.set(path, device)
      }
    }
    return found
  }

  /** drivers/pnp/interface.c, resources_show: `io 0x60-0x60`, `mem 0xb0000000-0xbfffffff window`. */
  #pnpClaims(fact: DeviceFact): PnpClaim[] {
    const text = readText(this.#files, join('/sys/bus/pnp/devices', fact.device, 'resources')) ?? ''
    const lines = text.matchAll(/^(io|mem) 0x([0-9a-f]{1,13})-0x([0-9a-f]{1,13})(?: window)?$/gm)
    return [...lines].map(([, type, start = '', last = '']) => ({
      space: type === 'io' ? 'ports' : 'memory',
      start: Number.parseInt(start, 16),
      last: Number.parseInt(last, 16),
      fact,
    }))
  }
}
