/**
 * What is doubtful in a description as a whole: all that its reader noted, and what only shows when
 * its parts are seen together. Readers let it pass, since real files are full of it.
 */
import { counted } from '../text/count.ts'
import { formatHex } from '../text/number.ts'
import { quote } from '../text/refuse.ts'
import type {
  Block,
  Cluster,
  Description,
  Device,
  Field,
  Issue,
  Position,
  Register,
} from './model.ts'
import { overlapsIn } from './overlaps.ts'

/** An issue; without a position, where the reader does not know that of the part. */
export type LintIssue = Omit<Issue, keyof Position> & Partial<Position>

/** What is found, without its position. */
interface Finding {
  code: string
  message: string
  path: string
  /** What it is about, to find its position. */
  part: object
}

/** All issues, in the order of the file. `file` is its name. Reads every block. */
export function lint(description: Description, file: string): LintIssue[] {
  const { blocks } = description.device
  const findings = [
    ...twice(blocks, 'block', ''),
    ...blocks.flatMap((block) => [...ofBlock(block)]),
  ]
  // What its reader noted already is not reported again.
  const noted = new Set(description.issues.map(({ code, path }) => `${code} ${path}`))
  const isNoted = ({ code, path }: Finding) =>
    noted.has(`${code === 'outside-extent' ? 'outside-block' : code} ${path}`)
  const found = findings
    .filter((finding) => !isNoted(finding))
    .map(({ part, ...finding }): LintIssue => {
      return { ...finding, severity: 'warning', ...description.positionOf?.(part), file }
    })
  // What one block derives from another stands in the file once.
  const all = new Map<string, LintIssue>()
  for (const issue of [...description.issues, ...found]) {
    const at = issue.line === undefined ? issue.path : `${issue.line}:${issue.column}`
    const key = `${issue.file} ${at} ${issue.code} ${issue.message}`
    if (!all.has(key)) all.set(key, issue)
  }
  return [...all.values()].sort(
    (one, other) => lineOf(one) - lineOf(other) || (one.column ?? 0) - (other.column ?? 0),
  )
}

/** What has no line comes last. */
const lineOf = ({ line }: LintIssue) => line ?? Number.MAX_SAFE_INTEGER

/** How many blocks and registers there are when all that repeats is expanded. */
export function sizeOf(device: Device): { blocks: number; registers: number } {
  const size = { blocks: 0, registers: 0 }
  for (const { repeat, children } of device.blocks) {
    const count = repeat?.count ?? 1
    size.blocks += count
    size.registers += count * registersIn(children)
  }
  return size
}

function registersIn(children: readonly (Register | Cluster)[]): number {
  let sum = 0
  for (const node of children) {
    sum += (node.repeat?.count ?? 1) * (node.kind === 'register' ? 1 : registersIn(node.children))
  }
  return sum
}

function* ofBlock(block: Block): Generator<Finding> {
  const { name: path, children, extents } = block
  if (children.length === 0) {
    const message = 'this block has no registers'
    yield { code: 'no-registers', message, path, part: block }
  } else if (extents.length === 0) {
    const message = 'this block does not say how long it is'
    yield { code: 'no-extent', message, path, part: block }
  }
  yield* ofChildren(block, children, 0, path)
  yield* overlapsIn(block)
}

function* ofChildren(
  block: Block,
  children: readonly (Register | Cluster)[],
  offset: number,
  above: string,
): Generator<Finding> {
  yield* twice(children, 'register', `${above}.`)
  for (const node of children) {
    const path = `${above}.${node.name}`
    const start = offset + node.offset
    if (node.kind === 'cluster') yield* ofChildren(block, node.children, start, path)
    else yield* ofRegister(block, node, start, path)
  }
}

function* ofRegister(
  { extents }: Block,
  register: Register,
  start: number,
  path: string,
): Generator<Finding> {
  const { width, repeat } = register
  const bytes = width / 8
  const finding = (code: string, message: string) => ({ code, message, path, part: register })
  if (start % bytes !== 0 || (repeat !== undefined && repeat.stride % bytes !== 0)) {
    const where = `offset ${formatHex(start)}`
    const message =
      start % bytes === 0
        ? `its elements are ${counted(repeat?.stride ?? 0, 'byte')} apart, but accessed with ${width} bits`
        : `it is accessed with ${width} bits at ${where}, which is not a multiple of ${bytes}`
    yield finding('misaligned', message)
  }
  if (repeat !== undefined && repeat.stride < bytes) {
    const message = `its elements are ${counted(repeat.stride, 'byte')} apart, but have ${bytes}: they overlap`
    yield finding('stride-too-small', message)
  }
  const end = start + (repeat === undefined ? 0 : (repeat.count - 1) * repeat.stride) + bytes
  const isWithin = extents.some((one) => one.offset <= start && end <= one.offset + one.length)
  if (extents.length > 0 && !isWithin) {
    const where = `${formatHex(start)} to ${formatHex(end - 1)}`
    yield finding('outside-extent', `it is at offsets ${where}, outside of the size of its block`)
  }
  yield* twice(register.fields, 'field', `${path}.`)
  yield* fieldsOverlapping(register, path)
}

/** Names that stand there twice, where no alternate is declared. */
function* twice(
  nodes: readonly (Block | Register | Cluster | Field)[],
  what: string,
  prefix: string,
): Generator<Finding> {
  const names = new Set<string>()
  for (const node of nodes) {
    const group = 'alternate' in node && typeof node.alternate === 'object' ? node.alternate : {}
    const suffix = 'group' in group && group.group !== undefined ? `_${group.group}` : ''
    const name = node.name + suffix
    if (names.has(name)) {
      const message = `another ${what} has the name ${quote(name)}`
      yield { code: `${what}-name-twice`, message, path: prefix + node.name, part: node }
    }
    names.add(name)
  }
}

function* fieldsOverlapping({ fields }: Register, path: string): Generator<Finding> {
  let before: Field | undefined
  for (const field of [...fields].sort((one, other) => one.lsb - other.lsb)) {
    if (before !== undefined && field.lsb < endOf(before) && !areApart(before, field)) {
      const message = `it overlaps ${quote(before.name)} at bit ${field.lsb}`
      yield { code: 'fields-overlap', message, path: `${path}.${field.name}`, part: field }
    }
    if (before === undefined || endOf(field) > endOf(before)) before = field
  }
}

/** Bits that repeat with gaps may lie in the gaps of others: only those without gaps are compared. */
const endOf = ({ lsb, width, repeat }: Field) =>
  lsb + width + (repeat !== undefined && repeat.stride === width ? (repeat.count - 1) * width : 0)

/** One for loads and one for stores may have the same bits. */
function areApart(one: Field, other: Field): boolean {
  const both = [one.access, other.access]
  return both.includes('read-only') && both.includes('write-only')
}
