import { processIo } from '../frame/process-io.ts'
import { runCli } from '../frame/run.ts'
import type { CliOptions } from '../frame/run-command.ts'
import { registry } from '../registry.ts'
import { end, leaveTerminalsAtSignals } from './ending.ts'

/** Runs the command line of this process, and ends it. */
export function start(options: Partial<CliOptions> = {}): void {
  leaveTerminalsAtSignals()
  const io = processIo()
  const ended = runCli(process.argv.slice(2), io, { commands: registry, ...options })
  ended.then((code) => end(code, io.endedBy))
}
