import { PhysmemError } from '../base/errors.ts'
import type { Spacing } from '../describe/blocks/index.ts'
import {
  cellsOf,
  compatibleOf,
  type DeviceTree,
  type DeviceTreeNode,
  findNode,
  isEnabled,
  openDeviceTree,
  regionsOf,
} from '../linux/device-tree/index.ts'
import { readIomem } from '../linux/iomem.ts'
import { listPci, readPciFunction, readPciIdentity } from '../linux/pci.ts'
import { findPciByIds } from '../linux/pci-find.ts'
import { readLine } from '../linux/read.ts'
import type { System } from '../linux/system.ts'
import { parsePlace } from '../place/place.ts'
import type { Place } from '../place/schemes/index.ts'
import { isByIds, parsePciAddress } from '../place/schemes/pci.ts'
import { clip, refusal } from '../text/refuse.ts'
import { configWords } from './config-words.ts'
import { Kinds } from './kinds.ts'
import type { Kind, Source } from './sources.ts'
import { type Start, startInResources, startInTree, startOnPci } from './within.ts'

/** A block of registers of a device that the machine says it has. */
export interface LiveBlock extends Start {
  kind: Kind
}

/** A device that the machine says it has, and the blocks that describe it. */
export interface LiveDevice {
  name: string
  blocks: readonly LiveBlock[]
  /** Why it may not answer: a clause; asked of the machine when it is called. */
  whyAsleep(): string | undefined
}

const PCI_FUNCTION = /.*\/([0-9a-f]{4,8}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7])\//

/** What a machine's own names mean: aliases and labels of the device tree, PCI functions, ACPI. */
export class Live {
  readonly #system: System
  readonly #kinds: Kinds
  #tree: { tree: DeviceTree | undefined } | undefined

  constructor(system: System, sources: readonly Source[]) {
    this.#system = system
    this.#kinds = new Kinds(sources)
  }

  /** The device of this name; `undefined` where the machine has no such name. Rejects with ENOPLACE. */
  async named(name: string): Promise<LiveDevice | undefined> {
    return (
      (await this.#nodeNamed(name)) ??
      (await this.#kernelNamed(name)) ??
      (await this.#counted(name))
    )
  }

  /**
   * A PCI function, `pci:0000:00:04.0`, or a place in one, which then is where the block begins; `kind`
   * is what it is said to be. `undefined` where that is not known.
   */
  async functionAt(
    text: string,
    kind: Kind | undefined,
    at: Place | undefined,
  ): Promise<LiveDevice | undefined> {
    const address = this.#addressOf(text, at)
    if (address === undefined) return undefined
    if (kind === undefined && at?.scheme === 'pci' && 'space' in at) {
      return this.#configuration(text, address, at)
    }
    return this.#onFunction(text, address, kind && [kind], at)
  }

  /** All devices of known kinds, by the names that find them. */
  async devices(): Promise<LiveDevice[]> {
    const found = new Map<string, LiveDevice>()
    const add = async (name: string) => {
      const one = await this.named(name).catch(ignored)
      if (one !== undefined && one.blocks.length > 0) found.set(name, one)
      return one !== undefined
    }
    const tree = this.#deviceTree()
    for (const name of [...(tree?.aliases.keys() ?? []), ...(tree?.labels.keys() ?? [])]) {
      await add(name)
    }
    const bases = new Set((await this.#kinds.names()).map(({ name }) => baseOf(name)))
    for (const base of bases) {
      for (let index = 0; index < MOST_OF_A_KIND && (await add(`${base}${index}`)); index++) {}
    }
    return [...found.values()]
  }

  #deviceTree(): DeviceTree | undefined {
    if (this.#tree === undefined) {
      try {
        this.#tree = { tree: openDeviceTree(this.#system.files) }
      } catch (error) {
        this.#tree = { tree: ignored(error) }
      }
    }
    return this.#tree.tree
  }

  async #nodeNamed(name: string): Promise<LiveDevice | undefined> {
    const tree = this.#deviceTree()
    if (tree === undefined || !(tree.aliases.has(name) || tree.labels.has(name))) return undefined
    const node = findNode(tree, name)
    const compatible = compatibleOf(node)
    const blocks = (await this.#kinds.of({ compatible }, spacingOf(node))).flatMap((kind) => {
      const start = startInTree(node, name, kind.block.matches?.within)
      return start === undefined ? [] : [{ kind, ...start }]
    })
    if (blocks.length === 0) {
      const what = compatible.length === 0 ? node.path : compatible.map(clip).join(', ')
      const message = `nothing describes ${clip(name)}, which is ${what}`
      throw refusal('ENOPLACE', message, name, {
        cure: `put a description there, as in FILE@dt:${clip(name)}`,
      })
    }
    const whyAsleep = () =>
      isEnabled(node) ? this.#suspendedNode(node) : 'the device tree says that it is disabled'
    return { name, blocks, whyAsleep }
  }

  /** drivers/of/device.c, of_device_make_bus_id: a device is named by its address and its node. */
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

  /** What the kernel calls a PCI function or what is on it: `nvme0`, `eth0`, `virtio0`. */
  async #kernelNamed(name: string): Promise<LiveDevice | undefined> {
    const { files } = this.#system
    const folders = [
      ...files.list('/sys/class').map((one) => `/sys/class/${one}`),
      ...files.list('/sys/bus').map((one) => `/sys/bus/${one}/devices`),
    ]
    for (const folder of folders) {
      const path = `${folder}/${name}`
      if (files.linkStatus(path) === undefined) continue
      const address = PCI_FUNCTION.exec(`${files.real(path) ?? ''}/`)?.[1]
      const found = address && (await this.#onFunction(name, address, undefined, undefined))
      if (found) return found
    }
    return undefined
  }

  /** `edu0`: the first of all devices of the kind `edu`. */
  async #counted(name: string): Promise<LiveDevice | undefined> {
    const wanted = (await this.#kinds.names()).filter((kind) => indexOf(name, kind.name) >= 0)
    const [first] = wanted
    if (first === undefined) return undefined
    let left = indexOf(name, first.name)
    const names = wanted.map((kind) => kind.name)
    for (const address of listPci(this.#system.files).sort()) {
      const kinds = await this.#kindsOf(address)
      if (!kinds.some(({ block }) => names.includes(block.name))) continue
      if (left-- === 0) return this.#onFunction(name, address, kinds, undefined)
    }
    return this.#resource(name, left, [...new Set(wanted.flatMap(({ acpi }) => acpi))])
  }

  async #kindsOf(address: string): Promise<Kind[]> {
    const { files } = this.#system
    const { vendor, device, class: code = 0 } = readPciIdentity(address, files)
    if (vendor === undefined || device === undefined) return []
    return this.#kinds.of({ pci: { vendor, device, class: code } })
  }

  async #onFunction(
    name: string,
    address: string,
    given: readonly Kind[] | undefined,
    at: Place | undefined,
  ): Promise<LiveDevice | undefined> {
    const kinds = given ?? (await this.#kindsOf(address))
    if (kinds.length === 0) return undefined
    const blocks: LiveBlock[] = []
    for (const kind of kinds) {
      const start = await startOnPci(address, kind.block.matches?.within, this.#system)
      // Of several blocks those in this BAR; one alone is put there.
      if (at !== undefined && kinds.length === 1) blocks.push({ kind, place: at })
      else if (start && (at === undefined || isSameStretch(start.place, at))) {
        blocks.push({ kind, ...start })
      }
    }
    if (blocks.length === 0) {
      const where = kinds[0]?.block.matches?.within ?? 'memory BAR'
      throw refusal('ENOPLACE', `${clip(name)} (${address}) has no visible ${where}`, name)
    }
    return { name, blocks, whyAsleep: () => this.#asleep(address) }
  }

  #asleep(address: string): string | undefined {
    const asleep = this.#suspended(`/sys/bus/pci/devices/${address}`)
    if (asleep !== undefined) return asleep
    const { commandMemory } = readPciFunction(address, this.#system.files) ?? {}
    return commandMemory === false ? 'its memory BARs are switched off' : undefined
  }

  /** Configuration space: its header, and the capabilities that can be seen. */
  async #configuration(name: string, address: string, place: Place): Promise<LiveDevice> {
    const { pciConfigBlock, readOutline } = await import('../describe/pci/index.ts')
    const outline = await configWords(address, this.#system, readOutline)
    const block = pciConfigBlock(outline ?? new Uint8Array())
    const kind: Kind = { block, device: { endian: 'little' }, from: 'physmem' }
    return { name, blocks: [{ kind, place }], whyAsleep: awake }
  }

  #addressOf(text: string, at: Place | undefined): string | undefined {
    const { files } = this.#system
    const place = at ?? parsePlace(`${text}/bar0`)
    if (place.scheme !== 'pci') return undefined
    if (isByIds(place)) {
      return findPciByIds(place, text, (index) => `${text.replace(/[#/].*$/, '')}#${index}`, files)
    }
    const address = parsePciAddress(text.replace(/^pci:/, '').replace(/\/.*$/s, ''))
    if (listPci(files).includes(address)) return address
    throw refusal('ENOPLACE', `there is no PCI function ${address}`, text)
  }

  /** What ACPI and drivers claim: `HPET 0`, `IOAPIC 0`, `PNP0103:00`. */
  async #resource(
    name: string,
    index: number,
    acpi: readonly string[],
  ): Promise<LiveDevice | undefined> {
    const number = index.toString(16).padStart(2, '0')
    const base = name.replace(/\d+$/, '')
    const wanted = [`${base} ${index}`, ...acpi.map((id) => `${id}:${number}`)]
    const all = readIomem(this.#system.files)
    for (const one of wanted) {
      const those = all.filter((entry) => entry.name.toLowerCase() === one.toLowerCase())
      const places = those.map((entry): Place => ({ scheme: 'iomem', name: entry.name, offset: 0 }))
      if (places.length === 0) continue
      const blocks = (await this.#kinds.of({ acpi })).flatMap((kind) => {
        const start = startInResources(places, kind.block.matches?.within)
        return start === undefined ? [] : [{ kind, ...start }]
      })
      if (blocks.length > 0) return { name, blocks, whyAsleep: awake }
    }
    return undefined
  }
}

/** More of one kind are not counted out. */
const MOST_OF_A_KIND = 64

/** Of what no power state is known. */
function awake(): undefined {}

function ignored(error: unknown): undefined {
  if (error instanceof PhysmemError) return undefined
  throw error
}

/** `xhci` of `xhci-operational`: several blocks of one device are named by what they have in common. */
function baseOf(kind: string): string {
  return kind.split('-')[0] ?? kind
}

/**
 * The number after the name of a kind, or of what it is a part of; -1 where the name is another.
 */
function indexOf(name: string, kind: string): number {
  for (const base of [kind, baseOf(kind)]) {
    const number = name.toLowerCase().startsWith(base.toLowerCase()) ? name.slice(base.length) : ''
    if (/^(0|[1-9]\d{0,3})$/.test(number)) return Number(number)
  }
  return -1
}

function isSameStretch(one: Place, other: Place): boolean {
  return one.scheme === 'pci' && other.scheme === 'pci' && 'bar' in one && 'bar' in other
    ? one.bar === other.bar
    : false
}

/** Documentation/devicetree/bindings/serial/8250.yaml */
function spacingOf(node: DeviceTreeNode): Spacing {
  const [regShift] = cellsOf(node, 'reg-shift')
  const [regIoWidth] = cellsOf(node, 'reg-io-width')
  return {
    ...(regShift === undefined ? {} : { regShift }),
    ...(regIoWidth === undefined ? {} : { regIoWidth }),
    ...(node.properties.has('big-endian') ? { bigEndian: true } : {}),
  }
}
