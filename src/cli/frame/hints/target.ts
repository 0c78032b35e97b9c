/** The target of a line that is suggested. */

type Line = readonly string[]

/** A flag that has its value in the same word. */
const ATTACHED = /^(?:-t|--target=)(?=.)/

/** The line on this target, which it names once; a board of a file is meant by `sim:`, too. */
export function onTarget(line: Line, target: string): string[] {
  const at = line.findIndex((word) => word === '-t' || word === '--target')
  const attached = line.find((word) => ATTACHED.test(word))
  if (targetIn(line)?.startsWith(target)) return [...line]
  if (at >= 0) return line.with(at + 1, target)
  return ['--target', target, ...line.filter((word) => word !== attached)]
}

/** The first target that a line gives. */
export function targetIn(line: Line): string | undefined {
  const at = line.findIndex((word) => word === '-t' || word === '--target')
  return at < 0 ? line.find((word) => ATTACHED.test(word))?.replace(ATTACHED, '') : line[at + 1]
}

/** The line without what says on which machine it is. */
export function withoutTarget(line: Line): string[] {
  const end = line.includes('--') ? line.indexOf('--') : line.length
  return line.filter((word, index) => {
    if (index >= end) return true
    const isValue = ['-t', '--target'].includes(line[index - 1] ?? '')
    return !isValue && !['-t', '--target', '--sudo'].includes(word) && !ATTACHED.test(word)
  })
}

/** `wait PLACE=VALUE -t 10ms`: the line with `--timeout` in the place of that target. */
export function timeoutHabits(command: string, argv: Line, target: string): string[][] {
  const isTime = /^[0-9]/.test(target)
  const isTaken = argv.some((word) => word === '--' || /^--timeout(?:=|$)/.test(word))
  if (command !== 'wait' || !isTime || isTaken) return []
  const flag = argv.findIndex(
    (word, index) => (word === '-t' || word === '--target') && argv[index + 1] === target,
  )
  const one = argv.findIndex((word) => word === `-t${target}` || word === `--target=${target}`)
  const rest = flag >= 0 ? argv.toSpliced(flag, 2) : one >= 0 ? argv.toSpliced(one, 1) : undefined
  return rest === undefined ? [] : [[...rest, '--timeout', target]]
}
