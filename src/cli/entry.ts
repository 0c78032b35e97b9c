import { end, leaveTerminalsAtSignals } from './ending.ts'
import { processIo } from './process-io.ts'
import { registry } from './registry.ts'
import { runCli } from './run.ts'

leaveTerminalsAtSignals()
const io = processIo()
runCli(process.argv.slice(2), io, { commands: registry }).then((code) => end(code, io.endedBy))
