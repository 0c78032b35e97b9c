import type { Evidence } from './evidence.ts'
import type { Value } from './width.ts'

/** What went wrong where: only what is known is present. */
export interface ErrorData {
  /** The place as a person would name it, for example `0xfed00000` or `pci:0000:00:04.0/bar0+0x4`. */
  place?: string
  /** Physical address, or offset in the memory; of virtual memory a bigint where no number is exact. */
  address?: number | bigint
  /** A virtual address. */
  virtual?: bigint
  /** The process that has it. */
  pid?: number
  /** The symbol of the kernel that was named. */
  symbol?: string
  /** Bytes from the start of a window. */
  offset?: number
  /** Bytes that were asked for. */
  length?: number
  /** Access width in bits. */
  width?: number
  /** `read` or `write`. */
  direction?: 'read' | 'write'
  /** Index of the program step that failed; all steps before it were done. */
  step?: number
  /** Elements of the failing block step that were done before the fault. */
  elementsDone?: number
  /**
   * Bytes from `address` to the end of its page in memory, where all of that cannot be accessed and not
   * this element alone: past the end of a file, or where the kernel refuses to map the page.
   */
  restOfPage?: number
  /** The value that was refused, or that a wait saw last; and what the wait was for. */
  value?: Value
  mask?: Value
  equals?: Value
  /** Of a wait for another value than `equals`. */
  negate?: true
  timeoutMs?: number
  /** What the message begins with that says where, for callers that name the place differently. */
  subject?: string
  /** Why the access failed, in a few words. */
  reason?: string
  /** What was accessed by, of several ways to an address; and what all of them but the first said. */
  way?: string
  tried?: readonly string[]
  /** errno name as the system gave it, for example `EPERM`. */
  errno?: string
  /** The offending text. Of any text that is longer than a path can be (4096), its two ends. */
  input?: string
  /** What was probably meant, which the message names, and the message without that. */
  suggestion?: { meant: string; without: string }
  /** The words that may stand there, where the message ends in a list of them. */
  known?: readonly string[]
  /** Of a refusal: its one cause, in which the message ends. */
  why?: string
  /** The file that was to be read or written, and where in it the mistake is, from 1. */
  file?: string
  line?: number
  column?: number
  /** Bytes of a result that were printed before standard output took no more. */
  bytes?: number
  /** Operating system and CPU, as Node names them. */
  platform?: string
  cpu?: string
  /** The number of the page frame; or the swap area, and the page in it. */
  frame?: number
  swapType?: number
  swapOffset?: number
  /** What to do about it, one sentence: command lines are those for this machine. */
  cure?: string
  /** The cure of a request changes the machine: nothing else could be asked for. */
  curesMachine?: true
  /** The same as single steps that each help alone, in order of preference. */
  cures?: readonly string[]
  /** The command lines that the cure is made of, in this order. */
  steps?: readonly string[]
  /** What shows that this is the cause. */
  evidence?: readonly Evidence[]
  /** What was done before the error. */
  progress?: string
  /** The same of what was stopped, where it belongs into the message. */
  stoppedAfter?: string
  /** What is known, and what not, of the work during which a connection was lost. */
  unsure?: string
  /** What a program printed that failed. */
  output?: string
}
