import { fileURLToPath } from 'node:url'
import { inspect, stripVTControlCharacters, types } from 'node:util'
import { sameError } from '../../base/same-error.ts'
import { packageFile } from '../../engine/engine-file.ts'
import { isConnected } from '../../machine/facilities.ts'
import type { runScript } from '../../script/run.ts'
import { printable } from '../../text/refuse.ts'
import { shellLine } from '../../text/shell-words.ts'
import { defineCommand, one, several } from '../frame/command.ts'
import type { Context } from '../frame/context.ts'
import { type ExitCode, exitCodeOf } from '../frame/exit.ts'
import { importModule } from '../frame/import-module.ts'
import { stopperOf } from '../frame/io.ts'
import { scriptFile } from '../frame/script-file.ts'

export default defineCommand({
  arguments: [
    {
      name: 'script',
      needed: true,
      description: 'a module in JavaScript or TypeScript (.mjs, .js, .cjs, .mts, .ts, .cts)',
      completes: { file: 'script' },
    },
    {
      name: 'argument',
      several: true,
      description: 'words for the script: nothing behind it is an option of physmem',
      completes: 'file',
      passed: true,
    },
  ],
  options: {},
  refuses: ['width', 'endian', 'json', 'actOnPorts', 'actOnI2c', 'quiet'],
  meanings: { verbose: 'say on stderr what is run to reach the machine' },
  examples: [
    ['run bring-up.ts', 'on this machine'],
    [
      'run -t ssh://root@board bring-up.ts --fast 0x10',
      'on a board; --fast 0x10 is for the script',
    ],
    ['run -t sim: bring-up.mjs', 'on a simulated board'],
  ],
  notes: [
    'The default export of the script is a function, which is called with the machine of --target, as ' +
      'connect() of the library gives it, and the words behind the script. When the promise that it ' +
      'returns has settled, the machine is closed and the process ends, with process.exitCode if the ' +
      'script has set it.',
    'Imports of physmem are this physmem, wherever the script is. TypeScript is translated by the tsx ' +
      'that is installed where the script is, or else by Node itself (22.18 or newer).',
  ],
  inBatches: 'a script has a process of its own',
  atPrompt: 'a script has a process of its own',
  async run(context, args) {
    const file = scriptFile(one(args, 0), context.settings)
    await context.turn()
    endQuietlyWithoutReader()
    const { target, sudo, keepConnection: keepS, verbose } = context.settings
    const tellCommand = (argv: readonly string[]) => {
      if (verbose) context.complain(`runs ${shellLine(argv)}`)
    }
    let waitedFor = 'an await outside of its functions'
    const unsettled = () => {
      const name = printable(file)
      context.complain(`${name}: nothing is left to wait for, but ${waitedFor} has not settled`)
      process.exitCode = 1
    }
    const onLoaded = () => {
      waitedFor = 'what it returned'
    }
    process.once('beforeExit', unsettled)
    // Elsewhere nothing need be put right: the signal ends the process at once, whatever it does.
    const stops = isConnected(target) ? [context.io.interrupted()] : []
    const uncaught = new Uncaught()
    try {
      // Beside the other modules of the package, whose classes the script sees.
      const module = await importModule(packageFile('dist/script/run.js'))
      await (module as { runScript: typeof runScript }).runScript({
        ...{ file, args: several(args, 1), target, way: { sudo, keepS, tellCommand } },
        signal: AbortSignal.any([uncaught.signal, ...stops]),
        onLoaded,
      })
    } catch (thrown) {
      uncaught.stop()
      if (!uncaught.isThere) return told(context, file, thrown)
      const code = told(context, file, uncaught.thrown)
      if (sameError(uncaught.thrown)) context.io.stderr.write(frameOf(uncaught.thrown))
      return code
    } finally {
      uncaught.stop()
      process.off('beforeExit', unsettled)
    }
    return Number(process.exitCode ?? 0) as ExitCode
  },
})

/** What the script throws where nobody waits for it, in a timer or a promise: its end, which closes the machine. */
class Uncaught {
  thrown: unknown
  isThere = false
  readonly #control = new AbortController()
  readonly #take = (thrown: unknown) => {
    // A script that listens itself knows what to do about it.
    if (this.isThere || process.listenerCount('uncaughtException') > 1) return
    this.thrown = thrown
    this.isThere = true
    this.#control.abort()
  }

  constructor() {
    process.on('uncaughtException', this.#take)
  }

  get signal(): AbortSignal {
    return this.#control.signal
  }

  stop(): void {
    process.off('uncaughtException', this.#take)
  }
}

/** Says what the script, or physmem on its behalf, has thrown. */
function told(context: Context, file: string, thrown: unknown): ExitCode {
  const error = sameError(thrown)
  if (error?.code === 'EABORT' && context.io.endedBy !== undefined) {
    context.complain(`stopped (${stopperOf(context.io)})`)
    return 1
  }
  if (!(thrown instanceof Error || types.isNativeError(thrown))) {
    const what = inspect(thrown, { breakLength: Number.POSITIVE_INFINITY })
    context.complain(
      `${printable(file)}: it threw ${printable(what)}, which is no Error and has no line`,
    )
    return 1
  }
  if (error === undefined) {
    const lines = ofScript(stripVTControlCharacters(inspect(thrown)))
    context.io.stderr.write(`${lines.map((line) => printable(line)).join('\n')}\n`)
    return 1
  }
  context.tell(error)
  return exitCodeOf(error)
}

/** The lines of a stack, but for those of physmem: the line of the script is the first, where it has one. */
function ofScript(stack: string): string[] {
  const own = packageFile('dist/')
  const ours = [own, fileURLToPath(own), '/whole.js:']
  const isFrame = (line: string) => /^\s+at /.test(line)
  const isOurs = (line: string) => isFrame(line) && ours.some((path) => line.includes(path))
  // Where frames of an error and its cause are the same, which are left out here.
  const isSame = (line: string) => /^\s+\.{3} \d+ lines? matching cause/.test(line)
  const lines = stack.split('\n')
  const left = lines.filter((line) => !isOurs(line) && !isSame(line))
  const isOfNobodyElse = !left.some((line) => isFrame(line) && !line.includes('node:'))
  return isOfNobodyElse && isOurs(lines.find(isFrame) ?? '') ? lines : left
}

/** The line of the script at which physmem was called, which a message of physmem does not say. */
function frameOf(error: unknown): string {
  const frame = ofScript(String((error as Error).stack)).find((line) => /^\s+at /.test(line))
  return frame === undefined ? '' : `${printable(frame)}\n`
}

/** As all commands: `| head` is no failure. */
function endQuietlyWithoutReader(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    process.exit(0)
  })
}
