import type { Issue } from '../describe/model.ts'

/** `physmem import --json`. */
export interface ImportDocument {
  /** The file, as it was named. */
  description: string
  /** What it is written in: `svd`, `ipxact`. */
  format: string
  /** What it calls the device. */
  device: string
  /** How many blocks were written. */
  blocks: number
  /** What is wrong or doubtful in the file; of an error, a part was left out. */
  issues: ImportIssueReport[]
  /** What is said otherwise in YAML than in the file: names that stood twice, or that it does not take. */
  changes: ImportIssueReport[]
  /** What was written, where that was asked for. */
  file?: string
  bytes: number
  /** The YAML, where no file was. */
  text?: string
}

export interface ImportIssueReport {
  severity: 'error' | 'warning'
  /** Which kind. */
  code: string
  /** What it is about; absent for the file itself. */
  path?: string
  message: string
  file: string
  /** From 1; absent of changes, which are of the device. */
  line?: number
  column?: number
}

export function importIssueToJson({ path, ...issue }: Issue): ImportIssueReport {
  return path === '' ? issue : { ...issue, path }
}

export function changeToJson(change: Issue): ImportIssueReport {
  const { line: _, column: __, ...rest } = importIssueToJson(change)
  return rest
}
