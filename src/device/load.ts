import { readDescription } from '../describe/read.ts'
import { sourceAt } from './files.ts'
import type { Source } from './sources.ts'

/** A description in a file, with its overlays. Rejects as the readers do, and for what cannot be read. */
export async function loadSource(path: string, overlays: readonly string[]): Promise<Source> {
  let description = await readDescription(sourceAt(path))
  if (overlays.length > 0) {
    const { applyOverlay } = await import('../describe/yaml/index.ts')
    for (const overlay of overlays) description = applyOverlay(description, sourceAt(overlay))
  }
  return { from: path, device: description.device, issues: description.issues }
}
