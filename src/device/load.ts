import { sourceAt } from './files.ts'
import type { Source } from './sources.ts'

/** A description in a file, with its overlays. Rejects as the readers do, and for what cannot be read. */
export async function loadSource(path: string, overlays: readonly string[]): Promise<Source> {
  const { readDescription } = await import('../describe/read.ts')
  let description = await readDescription(sourceAt(path))
  if (overlays.length > 0) {
    const { applyOverlay } = await import('../describe/yaml/index.ts')
    for (const one of overlays) description = applyOverlay(description, sourceAt(one))
  }
  const { device } = description
  return {
    from: path,
    device,
    get issues() {
      return description.issues // complete once all was asked for
    },
  }
}
