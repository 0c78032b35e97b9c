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
  changes: ImportChangeReport[]
  /** What was written, where that was asked for. */
  file?: string
  bytes: number
  /** The YAML, where no file was. */
  text?: string
}

/** Of the device, not of a place in the file. */
export interface ImportChangeReport {
  severity: 'error' | 'warning'
  /** Which kind. */
  code: string
  /** What it is about; absent for the file itself. */
  path?: string
  message: string
  file: string
}

export interface ImportIssueReport extends ImportChangeReport {
  /** From 1. */
  line: number
  column: number
}

export function importIssueToJson({ path, ...issue }: Issue): ImportIssueReport {
  return path === '' ? issue : { ...issue, path }
}

export function changeToJson(change: Issue): ImportChangeReport {
  const { line: _, column: __, ...rest } = importIssueToJson(change)
  return rest
}
