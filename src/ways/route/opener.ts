import { memoryOf } from '../../engine/from-start.ts'
import { type NodeSource, openSource } from '../../engine/node-source.ts'
import type { MapSource, Mode } from '../../engine/source.ts'
import type { LocalSystem, System } from '../../linux/system.ts'
import type { Memory } from '../../memory/memory.ts'

/** What ways ask of a machine, wherever it is. */
export interface Opener {
  readonly mode: Mode
  /** Answers a question over fresh facts. */
  look<T>(question: (system: System) => T | Promise<T>): Promise<T>
  /** Opens what can be mapped. Rejects with why not; nothing is accessed. */
  open(source: NodeSource): Promise<Memory>
  /** The same for a window; absent where none can be made. */
  mapSource?(source: NodeSource): MapSource
}

/** That of this machine. */
export function localOpener(mode: Mode, system: LocalSystem): Opener {
  const mapSource = (source: NodeSource) => openSource(source, system)
  return {
    mode,
    look: async (question) => question(system.now()),
    open: async (source) => memoryOf(mapSource(source)),
    mapSource,
  }
}

/** What a stretch has for a window of its own. */
export function windowSource({ mapSource }: Opener, source: NodeSource): { source?(): MapSource } {
  return mapSource === undefined ? {} : { source: () => mapSource(source) }
}
