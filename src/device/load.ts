import { RequestError } from '../base/errors.ts'
import type { Description, SourceText } from '../describe/model.ts'
import { sourceAt } from './files.ts'
import type { Source } from './sources.ts'

/** A description in a file, with its overlays. Rejects as the readers do, and for what cannot be read. */
export async function loadSource(path: string, overlays: readonly string[]): Promise<Source> {
  if (overlays.length > 0) throw new RequestError('EUSAGE', 'overlays are not read yet')
  const { device, issues } = await readDescription(sourceAt(path))
  return { from: path, device, issues }
}

async function readDescription(source: SourceText): Promise<Description> {
  if (/^\uFEFF?\s*</.test(source.text)) {
    const { readSvd } = await import('../describe/svd/read.ts')
    return readSvd(source)
  }
  const { readYaml } = await import('../describe/yaml/index.ts')
  return readYaml(source)
}
