/** What a reader finds wrong, kept within a bound. */
import { RequestError } from '../base/errors.ts'
import { clip } from '../text/refuse.ts'
import type { Issue, Position } from './model.ts'

/** So many are kept: a file of nothing else has a bound, too. */
const MOST_ISSUES = 10_000

const START: Position = { line: 1, column: 1 }

export class Notes {
  /** As the person named it. */
  readonly file: string
  readonly issues: Issue[] = []

  constructor(file: string) {
    this.file = file
  }

  /** A part that is left out. */
  error(code: string, path: string, at: Position, message: string): void {
    this.#add('error', code, path, at, message)
  }

  /** What was read, as the message says. */
  warning(code: string, path: string, at: Position, message: string): void {
    this.#add('warning', code, path, at, message)
  }

  #add(severity: Issue['severity'], code: string, path: string, at: Position, message: string) {
    if (this.issues.length >= MOST_ISSUES) return
    const { line, column } = at
    this.issues.push({ code, severity, message, path, file: this.file, line, column })
  }
}

/** The error of a file that is not a description at all: `file:line:column: message`. */
export function notDescribing(file: string, message: string, at: Position = START): RequestError {
  const { line, column } = at
  const where = `${clip(file)}:${line}:${column}`
  return new RequestError('ESYNTAX', `${where}: ${message}`, { file, line, column })
}

/** An issue as its reader found it: `file:line:column: NAME: message`, without the name where it has none. */
export function issueText({ file, line, column, path, message }: Issue): string {
  const about = path === '' ? '' : `${clip(path)}: `
  return `${clip(file)}:${line}:${column}: ${about}${message}`
}

/** `build/csr.json` → `csr`: what a device is called whose description does not say. */
export function nameOfFile(file: string): string {
  return file.replace(/^.*[/\\]/, '').replace(/\.[^.]*$/, '') || 'device'
}
