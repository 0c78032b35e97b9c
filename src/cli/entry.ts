import { end, leaveTerminalsAtSignals } from './ending.ts'
import { processIo } from './process-io.ts'
import { runCli } from './run.ts'

leaveTerminalsAtSignals()
const io = processIo()
runCli(process.argv.slice(2), io).then((code) => end(code, io.endedBy))
