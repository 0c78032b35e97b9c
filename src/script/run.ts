/**
 * Runs a script of the user. The command, which is one file with a copy of physmem of its own, loads this
 * module from the package: so the script's `physmem` is the one that its machine is of.
 */
import { pathToFileURL } from 'node:url'
import { ConditionError, RequestError } from '../base/errors.ts'
import { connectBy } from '../face/connect.ts'
import type { Way } from '../face/elsewhere.ts'
import { loaderError } from './loader-error.ts'
import { resolveHere } from './resolving.ts'
import type { Script } from './script.ts'
import { translate } from './translating.ts'

export interface ScriptOptions {
  /** Its path, which is absolute. */
  file: string
  /** What follows it on the command line. */
  args: readonly string[]
  target: string
  way: Way
  /** Stops waiting for the script, and closes its machine. */
  signal: AbortSignal | undefined
  /** Called when the script is loaded. */
  onLoaded: () => void
}

/**
 * Loads the script, connects to the machine, and calls the script with it. Resolves when what the script
 * returns has settled, and the machine is closed. Rejects with what the script throws; with ESYNTAX for what
 * cannot be loaded, EUSAGE for a file that is no script; as `connect` does; and with EABORT where the signal
 * comes first.
 */
export async function runScript(options: ScriptOptions): Promise<void> {
  try {
    await loadAndRun(options)
  } catch (thrown) {
    throw loaderError(options.file, thrown) ?? thrown
  }
}

async function loadAndRun(options: ScriptOptions): Promise<void> {
  const { file, args, target, way, signal, onLoaded } = options
  if (/\.[cm]?ts$/.test(file)) await translate(file)
  resolveHere()
  // As where Node runs it, for what reads the arguments from there.
  process.argv = [process.execPath, file, ...args]
  const script = scriptOf(await import(pathToFileURL(file).href), file)
  onLoaded()
  const connecting = connectBy(target, way)
  const machine = await unlessStopped(connecting, signal)
  try {
    await unlessStopped(Promise.resolve(script(machine, args)), signal)
  } finally {
    await machine.close()
  }
}

function scriptOf(loaded: { default?: unknown }, file: string): Script {
  // What was an ES module may have been made CommonJS, whose exports are the default one.
  const inner = (loaded.default as { default?: unknown } | undefined)?.default
  for (const exported of [loaded.default, inner]) {
    if (typeof exported === 'function') return exported as Script
  }
  const message = `${file} has no function as its default export`
  const cure = 'such as: export default async (machine) => console.log(machine.target)'
  throw new RequestError('EUSAGE', message, { input: file, cure })
}

/** Rejects with EABORT when the signal comes first; what `work` ends with then is nobody's. */
async function unlessStopped<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return await work
  work.catch(() => {})
  let stop = () => {}
  const stopped = new Promise<never>((_, reject) => {
    stop = () => reject(new ConditionError('EABORT', 'stopped', {}, { cause: signal.reason }))
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop)
  })
  try {
    return await Promise.race([work, stopped])
  } finally {
    signal.removeEventListener('abort', stop)
  }
}
