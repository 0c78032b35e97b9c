import type { LocalSystem } from '../../linux/system.ts'
import type { StandardInput } from './batch/standard-input.ts'
import type { BoardConsole } from './board-console.ts'
import type { ExitCode } from './exit.ts'
import type { OpenedMachines, OpenMachine } from './opened-machines.ts'
import type { OpenLines } from './prompt/lines.ts'

/** A line of a file of commands. */
export interface Origin {
  file: string
  /** From 1. */
  line: number
}

/** What else a command line is run with; tests replace it. */
export interface ContextOptions {
  openMachine?: OpenMachine
  /** Default: this machine. */
  system?: LocalSystem
  /** The folder of locks against other processes. Default: /run/lock. */
  locks?: string
  /** The environment. Default: that of this process. */
  env?: Readonly<Record<string, string | undefined>>
  /** Standard input, if others may read it, too. */
  input?: StandardInput
  /** Resolves when it is the command's turn, if others come before it. */
  turn?: () => Promise<void>
  /** The target, where it is one of several: each JSON document says it, as that of a board file. */
  label?: string
  /** What others print on, too: only they know when it ends. */
  console?: BoardConsole
  /** The machines of the same target that others open and close, too. */
  machines?: OpenedMachines
  /** Opens the terminal at which lines are typed. */
  lines?: OpenLines
  /** Runs the line from its start where it is known what was meant by words that are refused; here it is not. */
  again?: () => Promise<ExitCode>
}
