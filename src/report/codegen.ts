/** `physmem codegen --json`. */
export interface CodegenDocument {
  /** The file, as it was named. */
  description: string
  /** What the description calls the device. */
  device: string
  /** What is exported, a class or an array of each block. */
  blocks: string[]
  /** How many registers differ by more than their place. */
  kinds: number
  /** What is wrong or doubtful in the description. */
  issues: { severity: 'error' | 'warning'; at: string; path?: string; message: string }[]
  /** What was written, where that was asked for. */
  file?: string
  bytes: number
  /** The code, where no file was. */
  text?: string
}
