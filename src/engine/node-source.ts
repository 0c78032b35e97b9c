import { closeSync } from 'node:fs'
import type { PhysmemError } from '../base/errors.ts'
import type { LocalSystem, System } from '../linux/system.ts'
import type { Refusal } from '../refusal/refusal.ts'
import { openNode } from './open-node.ts'
import type { MapSource, Mode } from './source.ts'

/**
 * What can be mapped of a machine, as facts and questions: its node is not open. How it is opened
 * depends on where the machine is.
 */
export interface NodeSource {
  /** How a person names it. Absent where that is its path. */
  readonly name?: string
  /** Of the node, on the machine. */
  readonly path: string
  readonly mode: Mode
  /** Opened without O_SYNC. */
  readonly cached?: boolean
  /** As in MapSource, of a node that does not change its size. */
  readonly base: number
  readonly length: number
  readonly wholeOnly?: boolean
  /** Why it may not be opened; `undefined` where the errno says all. */
  explainOpen?(errno: string, system: System): Refusal | undefined
  /** Why mmap was refused at an address. */
  explainMap(errno: string, address: number, system: System): Refusal
  /** As in MapSource. */
  lost?(system: System): PhysmemError | undefined
}

/** Its name, where the node is at a path. */
export function nameOfSource({ name, cached }: NodeSource, path: string): string {
  return name ?? (cached ? `${path} (cached)` : path)
}

/** Opens it on this machine; `path` is another one to its node, for example where a container has it. */
export function openSource(
  source: NodeSource,
  system: LocalSystem,
  path = system.at(source.path),
): MapSource {
  const { mode, base, length, wholeOnly, cached, lost } = source
  const explain = (errno: string) => source.explainOpen?.(errno, system.now())
  const { fd } = openNode(path, mode, explain, cached)
  return {
    ...{ name: nameOfSource(source, path), fd, mode, base, length, regularFile: false },
    ...(wholeOnly === undefined ? {} : { wholeOnly }),
    ...(lost === undefined ? {} : { lost: () => lost(system) }),
    explain: (errno, address) => source.explainMap(errno, address, system.now()),
    close: () => closeSync(fd),
  }
}
