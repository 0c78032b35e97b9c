import { loadAddon } from '../native/addon.ts'
import { processIo } from './process-io.ts'
import { runCli } from './run.ts'
import { hasNodeFlags } from './start/flags.ts'

runCli(process.argv.slice(2), processIo()).then((code) => {
  process.exitCode = code
  // What a debugger or profiler has to do, it does at Node's own end.
  if (hasNodeFlags()) return
  process.once('exit', () => leave(code))
  process.exit()
})

/**
 * Ends the process: all is printed and closed. Node's own end waits for what its event loop has, and
 * for threads of V8, of which one may wait for this thread: then it never comes, as is seen on slow
 * machines under load (Node's issue 54918, "Deadlock at process shutdown").
 */
function leave(code: number): void {
  try {
    loadAddon().leave(code)
  } catch {} // Without an engine it is Node's own end.
}
