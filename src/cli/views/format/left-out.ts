import type { Issue } from '../../../describe/model.ts'
import { issueText } from '../../../describe/notes.ts'
import { counted, were } from '../../../text/count.ts'
import { clip } from '../../../text/refuse.ts'

/** What of a description was left out: the first part, with its reason, and how many there are. */
export function leftOutLines(issues: readonly Issue[], path: string): string[] {
  const left = issues.filter(({ severity }) => severity === 'error')
  const [first] = left
  if (first === undefined) return []
  const count = `${counted(left.length, 'part')} of ${clip(path)} ${were(left.length)} left out`
  const all = left.length === 1 ? '' : `, this is the first: physmem lint ${clip(path)} shows all`
  return [issueText(first), count + all]
}
