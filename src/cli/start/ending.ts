/** How the process of the command ends: by the signal that it got, and with terminals as they are. */
import { closeSync } from 'node:fs'
import { loadAddon } from '../../engine/addon.ts'
import { mayBeTerminal } from '../frame/process-io.ts'
import { hasNodeFlags } from './flags.ts'

/**
 * Node notes at its start how the terminals on 0, 1 and 2 are set, and sets them so again when it
 * ends, also by SIGINT or SIGTERM (src/node.cc: ResetStdio, SignalExit). In a pipe the settings may be
 * those of `less`, which has put the old ones back meanwhile, or is still at work. We change none.
 *
 * From here on these signals end the process at once, as they do where no Node is: libuv gives a
 * signal its default action when nobody listens any more (src/unix/signal.c).
 */
export function leaveTerminalsAtSignals(): void {
  if (!fds.some(mayBeTerminal)) return
  const nothing = () => {}
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, nothing)
    process.off(signal, nothing)
  }
}

/** Ends the process, by the signal where there was one: all is printed and closed. */
export function end(code: number, signal: NodeJS.Signals | undefined): void {
  process.exitCode = code
  // What is closed Node leaves alone. Last, since a file that is opened then gets its number.
  process.on('exit', closeTerminals)
  if (signal !== undefined) dieOf(signal)
  // What a debugger or profiler has to do, it does at Node's own end.
  if (hasNodeFlags()) return
  process.once('exit', () => leave(code))
  process.exit()
}

/**
 * Node's own end waits for what its event loop has, and for threads of V8, of which one may wait for
 * this thread: then it never comes, as is seen on slow machines under load (Node's issue 54918,
 * "Deadlock at process shutdown").
 */
function leave(code: number): void {
  try {
    loadAddon().leave(code)
  } catch {} // Without an engine it is Node's own end.
}

/**
 * A shell stops its loop only when a command died of Ctrl-C: an exit code of 130 is a code as others.
 * (https://www.cons.org/cracauer/sigint.html)
 */
function dieOf(signal: NodeJS.Signals): void {
  process.removeAllListeners(signal)
  process.kill(process.pid, signal)
}

const fds = [0, 1, 2]

function closeTerminals(): void {
  for (const fd of fds.filter(mayBeTerminal)) closeSync(fd)
}
