import type { Command } from '../command.ts'
import type { Settings } from '../globals.ts'

export type Env = Readonly<Record<string, string | undefined>>

/** A command line, as far as it decides which machine is meant. */
export interface TargetLine {
  name: string
  command: Command
  settings: Settings
  values: Readonly<Record<string, unknown>>
}

/** What a line is run for, and with which global options. */
export interface Targets {
  settings: Settings
  targets: readonly string[]
}
