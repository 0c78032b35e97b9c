import { headlines, table } from './table.ts'
import type { Verdict } from './verdict.ts'

/** What docs/performance.md shows: first what most users ask, then all that was measured, folded. */
export function page(host: string, verdicts: readonly Verdict[]): string {
  return `${headlines(verdicts)}
<details>
<summary>All ${verdicts.length} rows, and the machine that they were measured on</summary>

${host}
${table(verdicts)}
</details>
`
}
