import type { ResourceNode } from '../linux/iomem.ts'
import type { Fact, Region, Source } from './region.ts'

/** What is known of a stretch, to be joined with what is known already. */
export interface Claim {
  start: number
  end: number
  /** The name of the region, where there is none yet that it belongs to. */
  name: string
  source: Source
  fact: Fact
}

/** The lines of /proc/iomem or /proc/ioports as regions of which nothing else is known. */
export function treeOf(nodes: readonly ResourceNode[], source: Source): Region[] {
  const regions = nodes.map(({ start, end, name, children }): Region => {
    const inside = treeOf(children, source)
    return { start, end, name, source, kind: 'device', facts: [], children: inside }
  })
  return regions.sort((a, b) => a.start - b.start)
}

/**
 * Adds what is known of a stretch to the region that `choose` takes among those of exactly this
 * stretch, which come outermost first. Where it takes none, a region of its own is made inside the
 * innermost that is larger, around those that it holds.
 */
export function addClaim(
  roots: Region[],
  claim: Claim,
  choose: (exact: readonly Region[]) => Region | undefined,
): Region {
  const { start, end } = claim
  const exact: Region[] = []
  let siblings = roots
  for (;;) {
    const holder = siblings.find((region) => region.start <= start && end <= region.end)
    if (holder === undefined) break
    if (holder.start === start && holder.end === end) exact.push(holder)
    siblings = holder.children
  }
  const chosen = choose(exact)
  if (chosen === undefined) return insert(siblings, claim)
  chosen.facts.push(claim.fact)
  return chosen
}

function insert(siblings: Region[], { start, end, name, source, fact }: Claim): Region {
  const inside = siblings.filter((region) => start <= region.start && region.end <= end)
  const region: Region = {
    ...{ start, end, name, source, kind: 'device' },
    ...{ facts: [fact], children: inside },
  }
  const others = siblings.filter((sibling) => !inside.includes(sibling))
  const at = others.findIndex((sibling) => sibling.start > start)
  others.splice(at < 0 ? others.length : at, 0, region)
  siblings.splice(0, siblings.length, ...others)
  return region
}
