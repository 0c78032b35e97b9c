import { formatPlace, parsePlace } from '../place/place.ts'
import type { Place } from '../place/schemes/index.ts'
import type { Inventory } from './inventory.ts'
import { type Fact, type NodeFact, type Region, type UioFact, walk } from './region.ts'

/** A name of a region: where `offset` is added, a place in it. */
export type Name = Exclude<Place, { scheme: 'address' | 'pid' | 'kernel' }>

/** Finds the places that name the regions of an inventory, most telling first. */
export class Names {
  readonly #file: string | undefined
  /** Names of resources that more than one stretch has. */
  readonly #ambiguous = new Set<string>()
  readonly #seen = new Map<string, string>()

  constructor({ memory, file }: Inventory) {
    this.#file = file
    for (const { name, source, start, last } of walk(memory)) {
      if (source === 'iomem') this.#note(name, `${start}-${last}`)
    }
  }

  /** The places that name a region of memory. */
  ofMemory(region: Region): Name[] {
    const { facts, source, name } = region
    const names = facts.flatMap((fact) => this.#ofFact(fact))
    if (source === 'iomem' && !this.#ambiguous.has(name)) {
      names.push({ scheme: 'iomem', name, offset: 0 })
    }
    return names.filter(isSpeakable)
  }

  #ofFact(fact: Fact): Name[] {
    switch (fact.kind) {
      case 'bar': {
        // The file of its BAR gives ports, which such a CPU does not have.
        if (fact.io) return []
        const place = parsePlace(`pci:${fact.device}/bar${fact.bar}`)
        return place.scheme === 'pci' ? [place] : []
      }
      case 'uio':
        return [ofUio(fact)]
      case 'node':
        return this.#ofNode(fact)
      case 'buffer':
        return [{ scheme: 'file', path: `/dev/${fact.name}`, offset: 0 }]
      case 'device':
      case 'board': // Plain addresses are all that a simulated board has.
        return []
    }
  }

  #ofNode({ path, aliases, region }: NodeFact): Name[] {
    const file = this.#file
    return [path, ...aliases].map((node) =>
      file === undefined
        ? { scheme: 'dt', node, region, offset: 0 }
        : { scheme: 'dtb', path: file, node, region, offset: 0 },
    )
  }

  #note(name: string, thing: string): void {
    const known = this.#seen.get(name)
    if (known === undefined) this.#seen.set(name, thing)
    else if (known !== thing) this.#ambiguous.add(name)
  }
}

/** By names where they tell, else by numbers. */
function ofUio({ device, map, unique }: UioFact): Name {
  const named = { scheme: 'uio', ...unique, offset: 0 } as const
  return isSpeakable(named) ? named : { scheme: 'uio', device, map, offset: 0 }
}

/** Whether the text of a place means the same place again: a device may be named anything. */
function isSpeakable(place: Name): boolean {
  try {
    const parsed: Record<string, unknown> = { ...parsePlace(formatPlace(place)) }
    return Object.entries(place).every(([key, value]) => parsed[key] === value)
  } catch {
    return false
  }
}
