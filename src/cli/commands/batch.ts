import { ConditionError } from '../../base/errors.ts'
import type { Pending } from '../../base/pending.ts'
import type { BatchDocument } from '../../report/batch.ts'
import { counted, were } from '../../text/count.ts'
import { beginAll, type ReadyLine } from '../frame/batch/begin-all.ts'
import { SharedMachines } from '../frame/batch/machines.ts'
import { IdleOptimizer } from '../frame/batch/optimizer.ts'
import { Pause } from '../frame/batch/pause.ts'
import { readScript, type Script } from '../frame/batch/script.ts'
import { defineCommand, type Entry, one } from '../frame/command.ts'
import type { Context } from '../frame/context.ts'
import type { ExitCode } from '../frame/exit.ts'
import { filePath } from '../frame/paths.ts'

/** Fewer lines are done before V8 finds anything to optimize: to keep it from that would take longer. */
const FEW = 100

export default (commands: readonly Entry[]) =>
  defineCommand({
    arguments: [
      {
        name: 'file',
        needed: true,
        description: 'a file of commands, one per line; - for standard input',
        orInput: true,
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
      const optimizer = script.lines.length < FEW ? undefined : new IdleOptimizer()
      const act = (line: ReadyLine) => {
        optimizer?.look()
        return line.act()
      }
      try {
        const waiting = await beginAll(context, commands, script, machines)
        if (waiting === undefined) return 2
        await context.turn()
        return await actAll(context, script, waiting, keepGoing, act)
      } finally {
        optimizer?.[Symbol.dispose]()
        await machines.close()
      }
    },
  })

async function actAll(
  context: Context,
  { file }: Script,
  waiting: readonly ReadyLine[],
  keepGoing: boolean,
  act: (line: ReadyLine) => Pending<ExitCode>,
): Promise<ExitCode> {
  const signal = context.io.interrupted()
  const failed: number[] = []
  const codes = new Set<ExitCode>()
  const pause = new Pause()
  for (const [index, line] of waiting.entries()) {
    const acting = act(line)
    const code = acting instanceof Promise ? await acting : acting
    const pausing = pause.ifDue()
    if (pausing) await pausing
    const isCut = signal.aborted && code !== 0
    const done = isCut ? index : index + 1
    const ran = `${done} of ${counted(waiting.length, 'command')} ${were(done)} run`
    if (isCut) {
      // That it was stopped the line itself has said.
      context.complain(`${file}: ended at line ${line.number}: ${ran}`)
      return 1
    }
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
