import { processIo } from './process-io.ts'
import { runCli } from './run.ts'

runCli(process.argv.slice(2), processIo()).then((code) => {
  process.exitCode = code
})
