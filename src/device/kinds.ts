import type { Kind, Source } from './sources.ts'

/** Which kind of block a device is: by the descriptions in use, then by those that physmem brings. */
export class Kinds {
  readonly #own: readonly Kind[]

  constructor(sources: readonly Source[]) {
    this.#own = sources.flatMap(({ device, from }) =>
      device.blocks
        .filter(({ matches }) => matches !== undefined)
        .map((block) => ({ block, device, from })),
    )
  }

  /** By a device tree's `compatible`, most exact first. */
  async compatible(compatible: readonly string[]): Promise<Kind | undefined> {
    const all = await this.all()
    for (const one of compatible) {
      const found = all.find(({ block }) => block.matches?.compatible?.includes(one))
      if (found !== undefined) return found
    }
    return undefined
  }

  /** By ids, else by the class, most exact first. */
  async pci(vendor: number, device: number, code: number | undefined): Promise<Kind | undefined> {
    const ids = [vendor, device].map((id) => id.toString(16).padStart(4, '0')).join(':')
    const all = await this.all()
    const byIds = all.find(({ block }) =>
      block.matches?.pci?.some((one) => one.toLowerCase() === ids),
    )
    if (byIds !== undefined || code === undefined) return byIds
    const digits = code.toString(16).padStart(6, '0')
    for (const length of [6, 4, 2]) {
      const prefix = digits.slice(0, length)
      const found = all.find(({ block }) =>
        block.matches?.pciClass?.some((one) => one.toLowerCase() === prefix),
      )
      if (found !== undefined) return found
    }
    return undefined
  }

  /** By the name of the block, upper or lower case. */
  async named(name: string): Promise<Kind | undefined> {
    const wanted = name.toLowerCase()
    return (await this.all()).find(({ block }) => block.name.toLowerCase() === wanted)
  }

  async all(): Promise<readonly Kind[]> {
    const { libraryKinds } = await import('./library.ts')
    return [...this.#own, ...(await libraryKinds())]
  }
}
