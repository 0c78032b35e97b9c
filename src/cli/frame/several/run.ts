/** One command line for several targets at once. */
import { RequestError } from '../../../base/errors.ts'
import { parseTarget } from '../../../place/target.ts'
import { printable, quote } from '../../../text/refuse.ts'
import { begin, type Waiting } from '../batch/line.ts'
import { describeError, type ExitCode } from '../exit.ts'
import { ClosedPipe, type Io, UnwritableOutput } from '../io.ts'
import { type CliOptions, type ParsedLine, withDone } from '../run-command.ts'
import { type LabelledIo, labelledIo, shareIo } from './labelled-io.ts'

/**
 * Runs a line for each of its targets, side by side. All that can be known to be wrong before a machine
 * is reached is said first: then it is run for none of them. Resolves to the worst exit code. Throws a
 * RequestError where the command has one target only, or a target is none.
 */
export async function runSeveral(
  line: ParsedLine,
  targets: readonly string[],
  io: Io,
  options: CliOptions,
): Promise<ExitCode> {
  checkSeveral(line, targets)
  await checkBoards(targets)
  const shared = shareIo(io)
  const { severally } = line.command
  const prints = (severally !== 'by itself' && severally?.prints) || 'at its end'
  const labels = labelsOf(targets)
  const begun = await Promise.all(
    targets.map(async (target, index): Promise<Begun> => {
      const stderr = labels[index] ?? ''
      const stdout = line.settings.json ? '' : stderr
      const own = labelledIo(shared, { prints, labels: { stdout, stderr } })
      const { targets: _, ...settings } = { ...line.settings, target }
      const started = await piped(() =>
        begin({ ...line, settings }, own, { ...options, label: target }),
      )
      return { target, io: own, started }
    }),
  )
  const isWrong = begun.some(({ started }) => started === 2)
  const same = isWrong ? saidByAll(begun) : undefined
  if (same !== undefined) {
    io.stderr.write(same)
    return 2
  }
  for (const { io: own } of begun) await piped(async () => own.go())
  const ended = await Promise.all(
    begun.map(async ({ io: own, started }): Promise<ExitCode> => {
      if (typeof started !== 'number' && isWrong) return 2
      const code = typeof started === 'number' ? started : await piped(async () => started.act())
      const done = typeof started === 'number' ? undefined : started.done()
      return (await isPrinted(own, done)) ? code : 1
    }),
  )
  if (!isWrong) return worst(ended)
  const left = begun.filter(({ started }) => typeof started !== 'number')
  const names = left.map(({ target }) => printable(target)).join(', ')
  if (left.length > 0) io.stderr.write(`physmem: not run for ${names}\n`)
  return 2
}

interface Begun {
  target: string
  io: LabelledIo
  started: Waiting | ExitCode
}

/** What is wrong with the line for each of the targets, where that is one thing. */
function saidByAll(begun: readonly Begun[]): string | undefined {
  if (begun.some(({ started }) => started !== 2)) return undefined
  const [first, ...others] = begun.map(({ io }) => io.early())
  return others.every((text) => text === first) ? first : undefined
}

/** A command, or targets, that are not for one line. Throws a RequestError. */
function checkSeveral({ name, command, args, values }: ParsedLine, targets: readonly string[]) {
  checkTargets(targets)
  const { severally } = command
  if (severally === 'by itself') return
  const why = severally ? severally.refuses?.(args, values as never) : `${name} is for one target`
  if (why === undefined) return
  const cure = 'give one --target'
  throw new RequestError('EUSAGE', `${why}, but there are ${targets.length}`, { cure })
}

/** Each must be one, and another than those before it. Throws a RequestError. */
export function checkTargets(targets: readonly string[]): void {
  for (const [index, target] of targets.entries()) {
    parseTarget(target)
    if (targets.indexOf(target) === index) continue
    const message = `the target ${quote(target)} is given twice: leave out one of them`
    throw new RequestError('EUSAGE', message, { input: target })
  }
}

/** A description that is wrong is known before any board is touched. Rejects with a RequestError. */
async function checkBoards(targets: readonly string[]): Promise<void> {
  for (const text of targets) {
    const target = parseTarget(text)
    if (target.kind !== 'sim') continue
    const { openSim } = await import('../../../memory/sim/index.ts')
    await (await openSim(target.board)).close()
  }
}

/** As wide as the widest, so that what stands behind them lines up. */
function labelsOf(targets: readonly string[]): string[] {
  const labels = targets.map((target) => `${printable(target).replace(/:$/, '')}: `)
  const width = Math.max(...labels.map(({ length }) => length))
  return labels.map((label) => label.padEnd(width))
}

/** Nobody reads any more: that is no failure. */
async function piped<T>(act: () => Promise<T>): Promise<T | 0> {
  try {
    return await act()
  } catch (thrown) {
    if (thrown instanceof ClosedPipe) return 0
    throw thrown
  }
}

/** Prints what is held back; what cannot be printed is said, with what was done. */
async function isPrinted(io: LabelledIo, done: string | undefined): Promise<boolean> {
  try {
    await piped(async () => io.flush())
    return true
  } catch (error) {
    if (!(error instanceof UnwritableOutput)) throw error
    io.stderr.write(describeError(withDone(error, done)))
    await piped(async () => io.flush())
    return false
  }
}

/** A line that is found to be wrong for some only when others were run is not a wrong command line. */
function worst(codes: readonly ExitCode[]): ExitCode {
  if (codes.every((code) => code === 2)) return 2
  if (codes.includes(1) || codes.includes(2)) return 1
  return codes.includes(3) ? 3 : 0
}
