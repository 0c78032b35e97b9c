import { TestFolder } from './files.ts'

/** A folder for files of commands, as a batch takes them. */
export class ScriptFolder extends TestFolder {
  #scripts = 0

  /** The path of a file with these lines. */
  readonly script = (...lines: string[]): string => {
    const text = lines.map((line) => `${line}\n`).join('')
    return this.file(`script${this.#scripts++}.txt`, text)
  }
}
