/** Blocks of which nothing is used, since what is said of them is wrong: others are used all the same. */
import { PhysmemError } from '../base/errors.ts'
import { glob, matchAll } from '../describe/match.ts'
import type { Block, Device } from '../describe/model.ts'
import { clip } from '../text/refuse.ts'
import type { UnusableBlock } from './placed.ts'
import { knows, type Source } from './sources.ts'

/** Throws what is wrong with the block that a name means, where it is known not to be used. */
export function refuseUnusable(source: Source, name: string): void {
  const all = source.unusable ?? []
  const exact = all.find((one) => one.name === name)
  if (exact !== undefined) throw exact.why
  const folded = all.find((one) => one.name.toLowerCase() === name.toLowerCase())
  if (folded !== undefined && !knows(source, name)) throw folded.why
}

/** Those that a pattern fits, in upper or lower case. */
export function unusableIn(source: Source, pattern: string): UnusableBlock[] {
  const fits = glob(pattern, true)
  const known = source.unusable?.filter(({ name }) => fits(name)) ?? []
  const all = new Map(known.map((one) => [one.name, one]))
  for (const block of source.isPatched ? source.device.blocks : []) {
    const why = isMeant(block, pattern) ? whyUnusable(block) : undefined
    if (why !== undefined && !all.has(block.name)) all.set(block.name, { name: block.name, why })
  }
  return [...all.values()]
}

/** The description without them. */
export function usableOf({ device, isPatched, unusable = [] }: Source, pattern: string): Device {
  if (!isPatched) return device
  const isUsable = (block: Block) =>
    !isMeant(block, pattern) ||
    (whyUnusable(block) === undefined && !unusable.some(({ name }) => name === block.name))
  return { ...device, blocks: device.blocks.filter(isUsable) }
}

function isMeant(block: Block, pattern: string): boolean {
  return !matchAll([block], pattern, true).next().done
}

/** An overlay changes the registers of a block when these are asked for, and is refused then. */
function whyUnusable(block: Block): PhysmemError | undefined {
  try {
    void block.children
    return undefined
  } catch (error) {
    if (error instanceof PhysmemError) return error
    throw error
  }
}

/** What is said where others are used. */
export function unusableText({ name, why }: UnusableBlock): string {
  return `${why.message} (${clip(name)} is not used)`
}
