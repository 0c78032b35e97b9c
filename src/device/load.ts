import { RequestError } from '../base/errors.ts'
import type { Device, Issue } from '../describe/model.ts'
import { issueText } from '../describe/notes.ts'
import { readDescription } from '../describe/read.ts'
import { sourceAt } from './files.ts'
import type { UnusableBlock } from './placed.ts'
import type { Source } from './sources.ts'

/**
 * A description in a file, with its overlays; `check` is asked before any file is opened. Rejects as the
 * readers do, for what cannot be read, and with ESYNTAX for a change of an overlay that is not made and
 * that tells of no block. An overlay says what is dangerous: a block without its changes is not used.
 * Those to its registers are made when these are first asked for, which throws the same.
 */
export async function loadSource(
  path: string,
  overlays: readonly string[],
  check?: (path: string) => void,
): Promise<Source> {
  let description = await readDescription(sourceAt(path, check), refuseUnmade)
  if (overlays.length > 0) {
    const { applyOverlay } = await import('../describe/yaml/index.ts')
    for (const overlay of overlays)
      description = applyOverlay(description, sourceAt(overlay, check), refuseUnmade)
  }
  const { device, overlayIssues } = description
  const whole = description
  return {
    from: path,
    device,
    get issues() {
      return whole.issues
    },
    ...(overlayIssues && { isPatched: true, unusable: unmadeIn(device, overlayIssues) }),
  }
}

/** The blocks whose changes are known not to be made. Throws ESYNTAX where it may be any. */
function unmadeIn(device: Device, issues: readonly Issue[]): UnusableBlock[] {
  const errors = issues.filter(({ severity }) => severity === 'error')
  const general = errors.find(({ path }) => path === '')
  if (general !== undefined) throw unmade(general)
  return errors.map((issue) => ({ name: blockOf(device, issue), why: unmade(issue) }))
}

function blockOf({ blocks }: Device, { path }: Issue): string {
  const known = blocks.find(({ name }) => path === name || path.startsWith(`${name}.`))
  return known?.name ?? path.replace(/\..*/s, '')
}

function refuseUnmade(issues: readonly Issue[]): void {
  const issue = issues.find(({ severity }) => severity === 'error')
  if (issue !== undefined) throw unmade(issue)
}

function unmade(issue: Issue): RequestError {
  const { file, line, column, path } = issue
  const what =
    path === ''
      ? 'it does not say which block it is for, so nothing of the chip is used'
      : 'a block whose overlay fails is not used'
  const cure = `correct the overlay, or leave it out: ${what}`
  return new RequestError('ESYNTAX', issueText(issue), { file, line, column, input: file, cure })
}
