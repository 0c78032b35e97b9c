import { processIo } from '../frame/process-io.ts'
import { runCli } from '../frame/run.ts'
import { registry } from '../registry.ts'
import { end, leaveTerminalsAtSignals } from './ending.ts'

leaveTerminalsAtSignals()
const io = processIo()
runCli(process.argv.slice(2), io, { commands: registry }).then((code) => end(code, io.endedBy))
