import { ConditionError } from '../../base/errors.ts'
import type { BatchDocument } from '../../report/batch.ts'
import { are, counted, were } from '../../text/count.ts'
import { begin, type Waiting } from '../frame/batch/line.ts'
import { SharedMachines } from '../frame/batch/machines.ts'
import { IdleOptimizer } from '../frame/batch/optimizer.ts'
import { LineParser } from '../frame/batch/parser.ts'
import { Pause } from '../frame/batch/pause.ts'
import { readScript, type Script, type ScriptLine, STDIN } from '../frame/batch/script.ts'
import { StandardInput } from '../frame/batch/standard-input.ts'
import { defineCommand, type Entry, one } from '../frame/command.ts'
import { Context } from '../frame/context.ts'
import type { ExitCode } from '../frame/exit.ts'
import { filePath } from '../frame/paths.ts'
import type { CliOptions } from '../frame/run-command.ts'

export default (commands: readonly Entry[]) =>
  defineCommand({
    arguments: [
      {
        name: 'file',
        needed: true,
        description: 'a file of commands, one per line; - for standard input',
        completes: 'file',
        parse: filePath,
      },
    ],
    options: {
      keepGoing: {
        flags: '--keep-going',
        description: 'go on after a command that fails, and list the failures at the end',
        fallback: false as boolean,
      },
    },
    meanings: { json: 'print one JSON document per line' },
    examples: [
      ['batch setup.txt', 'the commands in a file, in one process'],
      [
        'batch setup.txt --target sim:',
        'on a simulated board, which keeps its state from line to line',
      ],
      ['batch - --json', 'commands from a pipe; one JSON document per command'],
    ],
    notes: [
      'A line is what follows physmem, with quotes as in a shell; # begins a comment. Options of ' +
        'batch apply to every line that does not give them itself. All lines are parsed before the ' +
        'first is run: if any is wrong, none is run.',
      'The first command whose exit code is not 0 ends the batch, with exit 3 where a condition was ' +
        'not met and exit 1 otherwise. Exit 2 says that nothing was run.',
    ],
    mayStore: true,
    severally: {
      prints: 'at once',
      refuses: (args) =>
        one(args, 0) === '-' ? 'a batch from standard input is for one target' : undefined,
    },
    inBatches: 'a batch cannot contain another',
    insteadInBatches: 'write its lines in the place of this one',
    async run(context, args, { keepGoing }) {
      // The documents are those of the lines.
      context.jsonStyle = 'lines'
      const path = filePath(one(args, 0))
      if (path === '-') context.takeInput()
      const script = readScript(path)
      if (script.lines.length === 0 && context.settings.json) {
        context.printJson<BatchDocument>({ commands: 0 })
      }
      const machines = new SharedMachines(context.openMachine)
      const optimizer = new IdleOptimizer()
      const act = (line: Ready) => {
        optimizer.look()
        return line.act()
      }
      try {
        const waiting = await beginAll(context, commands, script, machines)
        if (waiting === undefined) return 2
        await context.turn()
        return await actAll(context, script, waiting, keepGoing, act)
      } finally {
        optimizer[Symbol.dispose]()
        await machines.close()
      }
    },
  })

/** A line whose command waits for its turn. */
type Ready = Waiting & { number: number }

/** `undefined` where a line is wrong, and all wrong ones have been reported. */
async function beginAll(
  context: Context,
  commands: readonly Entry[],
  { file, lines }: Script,
  machines: SharedMachines,
): Promise<Ready[] | undefined> {
  const parser = new LineParser(commands, context.settings)
  const ready: Ready[] = []
  const input = new StandardInput()
  if (file === STDIN) input.take('the commands come through it')
  const shared: CliOptions = {
    ...context.options,
    system: context.system,
    openMachine: machines.open,
    console: context.console,
    input,
    commands,
  }
  for (const line of lines) {
    const origin = { file, line: line.number }
    const begun = await beginOne(context, parser, line, { ...shared, origin })
    if (typeof begun === 'object') ready.push({ ...begun, number: line.number })
  }
  if (ready.length === lines.length) return ready
  const wrong = lines.length - ready.length
  const what = wrong === 1 ? 'a line' : counted(wrong, 'line')
  context.complainNow(`${file}: ${what} ${are(wrong)} wrong: nothing was run`)
  return undefined
}

async function beginOne(
  { io, settings }: Context,
  parser: LineParser,
  { words, error }: ScriptLine,
  options: CliOptions,
): Promise<Waiting | ExitCode> {
  try {
    if (error !== undefined) throw error
    return await begin(await parser.parse(words), io, options)
  } catch (thrown) {
    const line = new Context('batch', settings, io, options)
    line.jsonStyle = 'lines'
    line.finish(thrown)
    line.tell(thrown)
    return 2
  }
}

async function actAll(
  context: Context,
  { file }: Script,
  waiting: readonly Ready[],
  keepGoing: boolean,
  act: (line: Ready) => Promise<ExitCode>,
): Promise<ExitCode> {
  const signal = context.io.interrupted()
  const failed: number[] = []
  const codes = new Set<ExitCode>()
  const pause = new Pause()
  for (const [index, line] of waiting.entries()) {
    const code = await act(line)
    await pause.ifDue()
    const done = index + 1
    const ran = `${done} of ${counted(waiting.length, 'command')} ${were(done)} run`
    if (signal.aborted) throw new ConditionError('EABORT', 'stopped', { stoppedAfter: ran })
    if (code === 0) continue
    // A line that was found to be wrong only now is not a wrong command line: others were run.
    codes.add(code === 3 ? 3 : 1)
    failed.push(line.number)
    if (keepGoing) continue
    context.complain(`${file}: stopped at line ${line.number}: ${ran}`)
    break
  }
  if (keepGoing && failed.length > 0) {
    const lines = `${failed.length === 1 ? 'line' : 'lines'} ${failed.join(', ')}`
    context.complain(
      `${file}: ${failed.length} of ${counted(waiting.length, 'command')} failed: ${lines}`,
    )
  }
  return codes.has(1) ? 1 : codes.has(3) ? 3 : 0
}
