import type { DeviceIds, Spacing } from '../describe/blocks/index.ts'
import type { Block } from '../describe/model.ts'
import type { Kind, Source } from './sources.ts'

/** A kind of block as its name tells of it. */
export interface KindName {
  name: string
  acpi: readonly string[]
}

/** Which blocks a device has: by the descriptions in use, then by those that physmem brings. */
export class Kinds {
  readonly #own: readonly Kind[]

  constructor(sources: readonly Source[]) {
    this.#own = sources.flatMap(({ device, from }) =>
      device.blocks
        .filter(({ matches }) => matches !== undefined)
        .map((block) => ({ block, device, from })),
    )
  }

  /** By what a device says that it is; several describe several stretches of it. */
  async of(ids: DeviceIds, spacing: Spacing = {}): Promise<Kind[]> {
    const own = this.#ownFor(ids)
    if (own.length > 0) return own
    const { blocksFor } = await import('../describe/blocks/index.ts')
    return (await blocksFor(ids, spacing)).map(fromLibrary)
  }

  #ownFor({ compatible = [], acpi = [], pci }: DeviceIds): Kind[] {
    const hex = (value: number, digits: number) => value.toString(16).padStart(digits, '0')
    const has = (list: readonly string[] | undefined, one: string) =>
      list?.some((each) => each.toLowerCase() === one.toLowerCase()) ?? false
    const tries: ((block: Block) => boolean)[] = [
      ...compatible.map((one) => (block: Block) => has(block.matches?.compatible, one)),
      ...acpi.map((one) => (block: Block) => has(block.matches?.acpi, one)),
    ]
    if (pci !== undefined) {
      const id = `${hex(pci.vendor, 4)}:${hex(pci.device, 4)}`
      const code = hex(pci.class, 6)
      tries.push((block) => has(block.matches?.pci, id))
      for (const digits of [6, 4, 2]) {
        tries.push((block) => has(block.matches?.pciClass, code.slice(0, digits)))
      }
    }
    for (const matches of tries) {
      const found = this.#own.filter(({ block }) => matches(block))
      if (found.length > 0) return found
    }
    return []
  }

  /** The names of all kinds, without their registers. */
  async names(): Promise<KindName[]> {
    const { libraryBlocks } = await import('../describe/blocks/index.ts')
    const own = this.#own.map(({ block: { name, matches } }) => ({ name, matches: matches ?? {} }))
    return [...own, ...(await libraryBlocks())].map(({ name, matches }) => ({
      ...{ name, acpi: matches.acpi ?? [] },
    }))
  }
}

function fromLibrary(block: Block): Kind {
  return { block, device: { endian: 'little' }, from: 'physmem' }
}

/** A block that physmem brings, by its name or what it is compatible with. */
export async function libraryKind(is: string): Promise<Kind | undefined> {
  const { blockNamed, blocksFor } = await import('../describe/blocks/index.ts')
  const block = (await blockNamed(is.toLowerCase())) ?? (await blocksFor({ compatible: [is] }))[0]
  return block && fromLibrary(block)
}

export async function libraryNames(): Promise<string[]> {
  const { libraryBlocks } = await import('../describe/blocks/index.ts')
  return (await libraryBlocks()).map(({ name }) => name)
}
