import { RequestError } from '../base/errors.ts'
import type { Block, Device, Issue } from '../describe/model.ts'
import { readDescription } from '../describe/read.ts'
import { clip } from '../text/refuse.ts'
import { sourceAt } from './files.ts'
import type { Source } from './sources.ts'

/**
 * A description in a file, with its overlays; `check` is asked before any file is opened. Rejects as the
 * readers do, for what cannot be read, and with ESYNTAX for a change of an overlay that is not made: an
 * overlay says what is dangerous, so that a description without it is not used. Changes to the
 * registers of a block are made when these are first asked for, which throws the same.
 */
export async function loadSource(
  path: string,
  overlays: readonly string[],
  check?: (path: string) => void,
): Promise<Source> {
  let description = await readDescription(sourceAt(path, check))
  if (overlays.length > 0) {
    const { applyOverlay } = await import('../describe/yaml/index.ts')
    for (const overlay of overlays)
      description = applyOverlay(description, sourceAt(overlay, check))
  }
  const { overlayIssues } = description
  const whole = description
  if (overlayIssues !== undefined) refuseUnmade(overlayIssues)
  return {
    from: path,
    device:
      overlayIssues === undefined
        ? description.device
        : checked(description.device, () => refuseUnmade(whole.overlayIssues ?? [])),
    get issues() {
      return whole.issues
    },
  }
}

/** The same device, whose blocks give their registers only when `check` throws nothing after that. */
function checked(device: Device, check: () => void): Device {
  return { ...device, blocks: device.blocks.map((block) => checkedBlock(block, check)) }
}

function checkedBlock(block: Block, check: () => void): Block {
  return Object.create(block, {
    children: {
      get() {
        const { children } = block
        check()
        return children
      },
    },
  }) as Block
}

function refuseUnmade(issues: readonly Issue[]): void {
  const issue = issues.find(({ severity }) => severity === 'error')
  if (issue === undefined) return
  const { file, line, column, path } = issue
  const about = path === '' ? '' : `${clip(path)}: `
  const message = `${clip(file)}:${line}:${column}: ${about}${issue.message}`
  const cure = 'correct the overlay, or leave it out: nothing is used of a chip whose overlay fails'
  throw new RequestError('ESYNTAX', message, { file, line, column, input: file, cure })
}
