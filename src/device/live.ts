import { PhysmemError } from '../base/errors.ts'
import {
  compatibleOf,
  type DeviceTree,
  type DeviceTreeNode,
  findNode,
  isEnabled,
  openDeviceTree,
  regionsOf,
} from '../linux/device-tree/index.ts'
import { readIomem } from '../linux/iomem.ts'
import { listPci, readPciFunction } from '../linux/pci.ts'
import { readLine } from '../linux/read.ts'
import type { System } from '../linux/system.ts'
import { parsePlace } from '../place/place.ts'
import type { Place } from '../place/schemes/index.ts'
import { clip, refusal } from '../text/refuse.ts'
import { Kinds } from './kinds.ts'
import type { Kind, Source } from './sources.ts'

/** A device that the machine says it has, and the kind of block that it is. */
export interface LiveDevice {
  name: string
  kind: Kind
  /** Of the block's offset 0. */
  place: Place
  /** Why it may not answer: a clause. */
  asleep?: string
}

/** What a machine's own names mean: aliases and labels of the device tree, PCI functions, ACPI. */
export class Live {
  readonly #system: System
  readonly #kinds: Kinds
  #tree: { tree: DeviceTree | undefined } | undefined

  constructor(system: System, sources: readonly Source[]) {
    this.#system = system
    this.#kinds = new Kinds(sources)
  }

  /** The device of this name; `undefined` where the machine has no such name. */
  async named(name: string): Promise<LiveDevice | undefined> {
    return (
      (await this.#nodeNamed(name)) ??
      (await this.#classNamed(name)) ??
      (await this.#counted(name)) ??
      (await this.#resource(name))
    )
  }

  /** A PCI function, `pci:0000:00:04.0`, or a place in one. */
  async functionAt(
    text: string,
    kind: Kind | undefined,
    at: Place | undefined,
  ): Promise<LiveDevice | undefined> {
    const address = await this.#addressOf(text)
    return address === undefined ? undefined : this.#onFunction(text, address, kind, at)
  }

  /** All names, as far as a kind of block is known for what they name. */
  async names(): Promise<string[]> {
    return (await this.devices()).map(({ name }) => name)
  }

  /** All devices of known kinds. */
  async devices(): Promise<LiveDevice[]> {
    const found: LiveDevice[] = []
    const tree = this.#deviceTree()
    for (const [name] of [...(tree?.aliases ?? []), ...(tree?.labels ?? [])]) {
      const one = await this.#nodeNamed(name).catch(() => undefined)
      if (one !== undefined) found.push(one)
    }
    for (const kind of await this.#kinds.all()) {
      const base = kind.block.name.toLowerCase()
      for (let index = 0; index < 64; index++) {
        const name = `${base}${index}`
        const one =
          (await this.#counted(name).catch(() => undefined)) ?? (await this.#resource(name))
        if (one === undefined) break
        if (!found.some((other) => other.name === name)) found.push(one)
      }
    }
    return found
  }

  #deviceTree(): DeviceTree | undefined {
    if (this.#tree === undefined) {
      try {
        this.#tree = { tree: openDeviceTree(this.#system.files) }
      } catch (error) {
        if (!(error instanceof PhysmemError)) throw error
        this.#tree = { tree: undefined }
      }
    }
    return this.#tree.tree
  }

  async #nodeNamed(name: string): Promise<LiveDevice | undefined> {
    const tree = this.#deviceTree()
    if (tree === undefined || !(tree.aliases.has(name) || tree.labels.has(name))) return undefined
    const node = findNode(tree, name)
    const compatible = compatibleOf(node)
    const kind = await this.#kinds.compatible(compatible)
    if (kind === undefined) {
      const what = compatible.length === 0 ? node.path : compatible.map(clip).join(', ')
      const message = `nothing describes ${clip(name)}, which is ${what}`
      throw refusal('ENOPLACE', message, name, {
        cure: `name a description, as in FILE@dt:${clip(name)}`,
      })
    }
    const within = kind.block.matches?.within ?? ''
    const region = /^reg(\d+)$/.exec(within)?.[1]
    const place: Place = {
      ...{ scheme: 'dt', node: name, offset: 0 },
      region: region === undefined ? (within === '' ? 0 : within) : Number(region),
    }
    const asleep = isEnabled(node)
      ? this.#suspendedNode(node)
      : 'the device tree says that it is disabled'
    return { name, kind, place, ...(asleep === undefined ? {} : { asleep }) }
  }

  /** drivers/of/platform.c, of_device_make_bus_id: a device is named by its address and its node. */
  #suspendedNode(node: DeviceTreeNode): string | undefined {
    const address = regionsOf(node)[0]?.address
    if (address === undefined) return undefined
    const name = `${address.toString(16)}.${node.name.split('@')[0]}`
    for (const bus of ['platform', 'amba']) {
      const asleep = this.#suspended(`/sys/bus/${bus}/devices/${name}`)
      if (asleep !== undefined) return asleep
    }
    return undefined
  }

  #suspended(folder: string): string | undefined {
    const status = readLine(this.#system.files, `${folder}/power/runtime_status`)
    return status.startsWith('suspend') ? 'it is suspended (power/runtime_status)' : undefined
  }

  /** What the kernel calls a device of a class: `nvme0`, `eth0`. */
  async #classNamed(name: string): Promise<LiveDevice | undefined> {
    const { files } = this.#system
    for (const one of files.list('/sys/class')) {
      const path = `/sys/class/${one}/${name}`
      if (files.linkStatus(path) === undefined) continue
      const address = /.*\/([0-9a-f]{4,8}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7])\//.exec(
        `${files.real(path) ?? ''}/`,
      )?.[1]
      if (address === undefined) continue
      const found = await this.#onFunction(name, address, undefined, undefined)
      if (found !== undefined) return found
    }
    return undefined
  }

  /** `edu0`, the first of all functions that are of the kind `edu`. */
  async #counted(name: string): Promise<LiveDevice | undefined> {
    const [, base = '', number = ''] = /^(.*?)(\d+)$/.exec(name) ?? []
    if (base === '') return undefined
    let left = Number(number)
    for (const address of listPci(this.#system.files).sort()) {
      const kind = await this.#kindOf(address)
      if (kind?.block.name.toLowerCase() !== base.toLowerCase()) continue
      if (left-- === 0) return this.#onFunction(name, address, kind, undefined)
    }
    return undefined
  }

  async #kindOf(address: string): Promise<Kind | undefined> {
    const found = readPciFunction(address, this.#system.files)
    if (found?.vendor === undefined || found.device === undefined) return undefined
    return this.#kinds.pci(found.vendor, found.device, found.class)
  }

  async #onFunction(
    name: string,
    address: string,
    given: Kind | undefined,
    at: Place | undefined,
  ): Promise<LiveDevice | undefined> {
    const kind = given ?? (await this.#kindOf(address))
    if (kind === undefined) return undefined
    const asleep = this.#asleep(address)
    const found = { name, kind, ...(asleep === undefined ? {} : { asleep }) }
    if (at !== undefined) return { ...found, place: at }
    const bars = readPciFunction(address, this.#system.files)?.bars ?? []
    const first = bars.find(({ kind }) => kind === 'memory')?.number
    const within = kind.block.matches?.within ?? (first === undefined ? undefined : `bar${first}`)
    if (within === undefined) {
      throw refusal('ENOPLACE', `${clip(name)} (${address}) has no memory BAR`, name)
    }
    return { ...found, place: parsePlace(`pci:${address}/${within}`) }
  }

  #asleep(address: string): string | undefined {
    const asleep = this.#suspended(`/sys/bus/pci/devices/${address}`)
    if (asleep !== undefined) return asleep
    const { commandMemory } = readPciFunction(address, this.#system.files) ?? {}
    return commandMemory === false ? 'its memory BARs are switched off' : undefined
  }

  async #addressOf(text: string): Promise<string | undefined> {
    const { parsePciAddress, isByIds } = await import('../place/schemes/pci.ts')
    const where = text.replace(/^pci:/, '').replace(/\/.*$/s, '')
    if (where.includes('.')) {
      const address = parsePciAddress(where)
      if (!listPci(this.#system.files).includes(address)) {
        throw refusal('ENOPLACE', `there is no PCI function ${address}`, text)
      }
      return address
    }
    if (!text.startsWith('pci:')) return undefined
    const place = parsePlace(`pci:${where}/bar0`)
    if (place.scheme !== 'pci' || !isByIds(place)) return undefined
    const { findPciByIds } = await import('../linux/pci-find.ts')
    const placeOf = (index: number) => `pci:${where}#${index}`
    return findPciByIds(place, text, placeOf, this.#system.files)
  }

  /** What ACPI and drivers claim: `HPET 0`, `IOAPIC 0`, `PNP0103:00`. */
  async #resource(name: string): Promise<LiveDevice | undefined> {
    const [, base = '', number = ''] = /^(.*?)(\d+)$/.exec(name) ?? []
    const kind = base === '' ? undefined : await this.#kinds.named(base)
    const acpi = kind?.block.matches?.acpi
    if (kind === undefined || acpi === undefined) return undefined
    const wanted = [
      `${base} ${number}`.toLowerCase(),
      ...acpi.map((id) => `${id}:${number.padStart(2, '0')}`.toLowerCase()),
    ]
    const found = readIomem(this.#system.files).find((one) =>
      wanted.includes(one.name.toLowerCase()),
    )
    if (found === undefined) return undefined
    return { name, kind, place: { scheme: 'iomem', name: found.name, offset: 0 } }
  }
}
