/** The command on a recorded machine, as an entry of a bundle: `ROOT ARGUMENTS`. */
import { processIo } from '../frame/process-io.ts'
import { runCli } from '../frame/run.ts'
import { registry } from '../registry.ts'

const [root = '/', ...argv] = process.argv.slice(2)
runCli(argv, processIo(), { root, commands: registry }).then((code) => {
  process.exitCode = code
})
