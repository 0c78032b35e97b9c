/** The command on a recorded machine, as an entry of a bundle: `ROOT ARGUMENTS`. */
import { systemAt } from '../../../engine/system-at.ts'
import { processIo } from '../../frame/process-io.ts'
import { runCli } from '../../frame/run.ts'
import type { CliOptions } from '../../frame/run-command.ts'
import { registry } from '../../registry.ts'

export function runRooted(more: Partial<CliOptions> = {}): void {
  const [root = '/', ...argv] = process.argv.slice(2)
  const options = {
    system: systemAt(root),
    commands: registry,
    saysMachine: true,
    ...more,
  } as const
  runCli(argv, processIo(), options).then((code) => {
    process.exitCode = code
  })
}
