import type { BoardDescription, RegionDescription } from '../memory/sim/schema.ts'
import type { Inventory } from './inventory.ts'
import type { BoardFact, Region, RegionKind } from './region.ts'

/** What a simulated board has at which address. `target` is what names it: `sim:`. */
export function inventoryOfBoard(board: BoardDescription, target: string): Inventory {
  const regions = Object.entries(board.regions).map(([name, region]) => regionOf(name, region))
  return { memory: inOrder(regions), ports: [], problems: [], board: target }
}

const KINDS: Record<RegionDescription['kind'], RegionKind> = {
  ram: 'ram',
  rom: 'rom',
  device: 'device',
}

function regionOf(name: string, region: RegionDescription): Region {
  const { kind, base, size, description } = region
  const registers = region.kind === 'device' ? Object.entries(region.registers) : []
  const inside = registers.map(
    ([register, { kind: behaviour, offset, width, description: text }]) =>
      made(`${name}.${register}`, base + offset, width / 8, 'device', behaviour, text),
  )
  return { ...made(name, base, size, KINDS[kind], kind, description), children: inOrder(inside) }
}

function made(
  name: string,
  start: number,
  length: number,
  kind: RegionKind,
  what: BoardFact['what'],
  description: string | undefined,
): Region {
  const about = description === undefined ? {} : { description }
  const facts = [{ kind: 'board', what, ...about } as const]
  return { start, last: start + length - 1, name, source: 'board', kind, facts, children: [] }
}

function inOrder(regions: Region[]): Region[] {
  return regions.sort((one, other) => one.start - other.start)
}
