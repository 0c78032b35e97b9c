import type { ResourceNode } from '../linux/iomem.ts'
import type { Fact, Region, Source } from './region.ts'

/** What is known of a stretch, to be joined with what is known already. */
export interface Claim {
  start: number
  last: number
  /** The name of the region, where there is none yet that it belongs to. */
  name: string
  source: Source
  facts: readonly Fact[]
}

/** Takes the region that a claim belongs to among those of exactly its stretch, outermost first. */
export type Choose = (exact: readonly Region[], claim: Claim) => Region | undefined

/** A claim inside of more regions stands beside the last: /proc/iomem of real machines has 8. */
export const mostAround = 64

/** The lines of /proc/iomem or /proc/ioports as regions of which nothing else is known. */
export function treeOf(nodes: readonly ResourceNode[], source: Source): Region[] {
  const regions = nodes.map(({ start, last, name, children }): Region => {
    const inside = treeOf(children, source)
    return { start, last, name, source, kind: 'device', facts: [], children: inside }
  })
  return regions.sort(inOrder)
}

/**
 * Adds what is known of some stretches to the regions that `choose` takes. Where it takes none, a
 * region of its own is made inside the innermost that is larger, around those that it holds. Says
 * how many claims are inside of more than `mostAround` regions.
 */
export function addClaims(roots: Region[], claims: readonly Claim[], choose: Choose): number {
  // The larger before what is inside of it: then nearly all are added at the end of a list.
  return claims.toSorted(inOrder).filter((claim) => addClaim(roots, claim, choose)).length
}

function addClaim(roots: Region[], claim: Claim, choose: Choose): boolean {
  const exact: Region[] = []
  let siblings = roots
  let isTooDeep = false
  for (let around = 0; ; around++) {
    const holder = siblings[placeIn(siblings, claim) - 1]
    if (holder === undefined || holder.last < claim.last) break
    if (holder.start === claim.start && holder.last === claim.last) exact.push(holder)
    isTooDeep = around === mostAround
    if (isTooDeep) break
    siblings = holder.children
  }
  const chosen = choose(exact, claim)
  if (chosen === undefined) {
    insert(siblings, claim, isTooDeep)
    return isTooDeep
  }
  for (const fact of claim.facts) chosen.facts.push(fact)
  return false
}

function insert(siblings: Region[], claim: Claim, isTooDeep: boolean): void {
  const { start, last, name, source, facts } = claim
  const from = placeIn(siblings, claim)
  let to = from
  while (!isTooDeep && (siblings[to]?.last ?? Number.POSITIVE_INFINITY) <= last) to++
  const children = siblings.slice(from, to)
  const region: Region = { start, last, name, source, kind: 'device', facts: [...facts], children }
  siblings.splice(from, children.length, region)
}

type Stretch = Pick<Region, 'start' | 'last'>

/** By ascending addresses; what holds another goes before it. */
function inOrder(a: Stretch, b: Stretch): number {
  return a.start - b.start || b.last - a.last
}

/** How many of these, which are in order, go before this stretch or are the same. */
function placeIn(siblings: readonly Stretch[], stretch: Stretch): number {
  let [low, high] = [0, siblings.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (inOrder(siblings[middle] as Stretch, stretch) <= 0) low = middle + 1
    else high = middle
  }
  return low
}
