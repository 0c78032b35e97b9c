import { sourceAt } from './files.ts'
import type { Source } from './sources.ts'

/** A description in a file, with its overlays. Rejects as the readers do, and for what cannot be read. */
export async function loadSource(path: string, overlays: readonly string[]): Promise<Source> {
  const { readDescription } = await import('../describe/read.ts')
  const { device, issues } = await readDescription(sourceAt(path))
  if (overlays.length === 0) return { from: path, device, issues }
  const { applyOverlays } = await import('../describe/yaml/index.ts')
  const changed = applyOverlays({ device, issues }, overlays.map(sourceAt))
  return { from: path, device: changed.device, issues: changed.issues }
}
