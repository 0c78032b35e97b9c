import { existsSync } from 'node:fs'
import { type PhysmemError, RefusedError } from '../../base/errors.ts'
import { MappedMemory } from '../../engine/mapped.ts'
import { isRefusedMapping } from '../../engine/refusal.ts'
import type { MapSource, Mode } from '../../engine/source.ts'
import { mapSource, type WindowStretch } from '../../engine/windows/map-window.ts'
import type { Window } from '../../engine/windows/window.ts'
import type { LocalSystem } from '../../linux/system.ts'
import { Program } from '../../memory/program.ts'
import type { KmodOptions } from '../kmod.ts'
import { openDirect } from '../physical.ts'
import { combined } from './errors.ts'
import { mappingWays } from './index.ts'
import type { Stretch, Way } from './way.ts'

/**
 * Maps a stretch of the physical memory of this machine as one window, by the first way that takes all
 * of it: those of `openPhysical`, except for /proc/kcore, which maps nothing. Rejects with the
 * refusal of the first when there is none, and with ERANGE for a stretch that cannot be. Nothing is
 * accessed.
 */
export async function mapPhysical(
  stretch: WindowStretch,
  mode: Mode,
  system: LocalSystem,
  module: KmodOptions = {},
): Promise<Window> {
  const direct = openDirect(mode, system)
  const kmod = existsSync(system.at('/dev/physmem'))
  const ways = mappingWays({ system, mode, direct, kmod, module })
  const refusals: PhysmemError[] = []
  try {
    for (const way of ways) {
      try {
        const found = await covering(ways, way, stretch, refusals)
        if (found?.source) return mapSource(shifted(found.source(), found.base), stretch)
      } catch (error) {
        if (!(error instanceof RefusedError)) throw error
        refusals.push(error)
      }
    }
  } finally {
    for (const way of ways) await way.close()
    if (direct instanceof MappedMemory) await direct.close()
  }
  throw combined(refusals, stretch.address)
}

/** What a way has at the start of a stretch, when it has all of it. */
async function covering(
  ways: readonly Way[],
  way: Way,
  { address, length }: WindowStretch,
  refusals: readonly PhysmemError[],
): Promise<Stretch | undefined> {
  const first = await way.find(address, refusals)
  for (let end = first?.end ?? 0; first && end < address + length; ) {
    const next = await way.find(end, await refusalsBefore(ways, way, end))
    if (next?.memory !== first.memory) return undefined
    end = next.end
  }
  return first
}

/** What the ways before one say of an address: on that it may depend whether a way takes it. */
async function refusalsBefore(
  ways: readonly Way[],
  way: Way,
  address: number,
): Promise<PhysmemError[]> {
  const refusals: PhysmemError[] = []
  for (const other of ways.slice(0, ways.indexOf(way))) {
    try {
      const found = await other.find(address, refusals)
      const read = { op: 'read', address: address - (found?.base ?? 0), width: 8 } as const
      await found?.memory.prepare(new Program([read]))
    } catch (error) {
      if (!(error instanceof RefusedError) && !isRefusedMapping(error)) throw error
      refusals.push(error)
    }
  }
  return refusals
}

/** The same source, of which the addresses are physical. */
function shifted(source: MapSource, base: number): MapSource {
  const { explain, length } = source
  return {
    ...source,
    base: source.base - base,
    length: length === undefined ? undefined : length + base,
    explain: (errno, address) => explain(errno, address - base),
  }
}
