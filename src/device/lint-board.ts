/** What is wrong in a board file, and in overlays, which are checked on what they change. */
import { existsSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { PhysmemError } from '../base/errors.ts'
import { type LintIssue, lint } from '../describe/lint.ts'
import type { Description, Device, Issue, Position, SourceText } from '../describe/model.ts'
import { formatOf, readDescription } from '../describe/read.ts'
import { DEVICE_KEYS } from '../describe/yaml/index.ts'
import { parseTree } from '../describe/yaml/parse.ts'
import type { MapTree } from '../describe/yaml/tree.ts'
import { clip, quote } from '../text/refuse.ts'
import {
  BOARD_KEYS,
  type BoardFile,
  isTarget,
  isTargetOrGroup,
  parseBoardFile,
} from './board-file.ts'
import { BOARD_FILE } from './board-name.ts'
import { sourceAt } from './files.ts'
import { Session } from './session.ts'
import type { Source } from './sources.ts'
import { GROUP_SIGN } from './target-groups.ts'
import { usableOf } from './unusable.ts'
import { wholeTarget } from './whole-target.ts'

/** What was found in a file. */
export interface Linted {
  device: string
  /** What is described, without what cannot be used. */
  devices: readonly Device[]
  issues: readonly LintIssue[]
  /** What was not checked, and why. */
  note?: string
}

/**
 * What is wrong or doubtful in a description, an overlay or a board file. `simulatedOf` is what the
 * simulated board of a target says of itself. Nothing is accessed. Rejects as the readers do for what is
 * none of these.
 */
export async function lintFile(
  path: string,
  simulatedOf: (target: string) => Promise<Source | undefined>,
): Promise<Linted> {
  const source = sourceAt(path)
  if (isBoardFile(source)) return lintBoard(source, simulatedOf)
  const board = boardBeside(path)
  const place = board?.overlays.findIndex((one) => resolve(one) === resolve(path)) ?? -1
  if (board?.chip !== undefined && place >= 0) {
    const { description, issues, failed } = await patched(
      board.chip,
      board.overlays.slice(0, place + 1),
    )
    if (failed !== undefined) throw failed.error
    const devices = description === undefined ? [] : [description.device]
    return { device: devices[0]?.name ?? path, devices, issues: issues[place] ?? [] }
  }
  if (formatOf(source) === 'overlay' && !/^_svd\s*:/m.test(source.text)) return lintForm(source)
  const description = await readDescription(source)
  const { device } = description
  return { device: device.name, devices: [device], issues: lint(description, path) }
}

/** Whether it says what is where on a board, and describes no registers itself. */
export function isBoardFile(source: SourceText): boolean {
  if (basename(source.name) === BOARD_FILE) return true
  if (formatOf(source) !== 'yaml') return false
  const { tree } = parseTree(source.text, source.name)
  if (tree.kind !== 'map') return false
  const keys = [...tree.entries.keys()]
  const own = BOARD_KEYS.filter((key) => key !== 'blocks')
  if (keys.some((key) => own.includes(key))) {
    return !keys.some((key) => key !== 'blocks' && DEVICE_KEYS.includes(key))
  }
  return keys.length === 1 && keys[0] === 'blocks' && arePlaced(tree)
}

/** Blocks that are all put somewhere, and of which none is of the kind of another one here. */
function arePlaced({ entries }: MapTree): boolean {
  const blocks = entries.get('blocks')?.value
  if (blocks?.kind !== 'map' || blocks.entries.size === 0) return false
  return [...blocks.entries.values()].every(({ value }) => {
    if (value.kind !== 'map') return false
    const is = value.entries.get('is')?.value
    const isKind = is?.kind === 'text' && !blocks.entries.has(is.text)
    return isKind && [...value.entries.keys()].every((key) => key === 'is' || key === 'at')
  })
}

function boardBeside(path: string): BoardFile | undefined {
  const file = join(dirname(path), BOARD_FILE)
  if (!existsSync(file)) return undefined
  try {
    return parseBoardFile(sourceAt(file).text, file)
  } catch (error) {
    if (error instanceof PhysmemError) return undefined // It is not a board file that says anything.
    throw error
  }
}

async function lintBoard(
  { name: path, text }: SourceText,
  simulatedOf: (target: string) => Promise<Source | undefined>,
): Promise<Linted> {
  const own: Issue[] = []
  const issue = (
    severity: 'error' | 'warning',
    code: string,
    { line, column }: Position,
    message: string,
  ) => own.push({ severity, code, message, path: '', file: path, line, column })
  let board: BoardFile
  try {
    board = parseBoardFile(text, path, ({ at, message }) => issue('error', 'value', at, message))
  } catch (error) {
    if (!(error instanceof PhysmemError) || own.length === 0) throw error
    return { device: path, devices: [], issues: own }
  }
  const { chip, overlays, target, groups, named } = board
  const at = (key: string, index = 0) =>
    named.filter((one) => one.key === key)[index]?.at ?? { line: 1, column: 1 }
  const isGroup = groups.some(({ group }) => target === GROUP_SIGN + group)
  if (target?.startsWith(GROUP_SIGN) && !isGroup) {
    issue('error', 'target', at('target'), `target: there is no group ${quote(target)}`)
  } else if (target !== undefined && !isTargetOrGroup(target)) {
    const reached = 'this version reaches no such target'
    issue('warning', 'target', at('target'), `target: ${quote(target)}; ${reached}`)
  }
  for (const { group, target, at } of groups.filter((one) => !isTarget(one.target))) {
    const reached = 'this version reaches no such target'
    issue('warning', 'target', at, `targets: ${group}: ${quote(target)}; ${reached}`)
  }
  const ofOverlays: Issue[] = []
  let isUsed = true
  if (chip !== undefined) {
    const { issues: made, failed } = await patched(chip, overlays)
    ofOverlays.push(...made.flat())
    isUsed = failed === undefined && !ofOverlays.some(isGeneral)
    if (failed !== undefined) {
      const [code, where] =
        failed.index < 0 ? ['chip', at('chip')] : ['overlay', at('overlays', failed.index)]
      issue('error', code, where, `${code}: ${failed.error.message}`)
    }
  }
  const simulated =
    target === undefined || !isTarget(target)
      ? undefined
      : await simulatedOf(wholeTarget(dirname(path), target))
  // Where the chip is not known, nor are the kinds that it has.
  const checked = isUsed
    ? board
    : { path, overlays: [], named: [], groups: [], blocks: [], unusable: board.unusable }
  const { sources } = await Session.open({ board: checked, simulated })
  const used = sources.filter((one) => one !== simulated)
  for (const { name, fault, why } of used.find(({ isBoard }) => isBoard)?.unusable ?? []) {
    const { at, message } = fault ?? {
      at: { line: 1, column: 1 },
      message: `${name}: ${why.message}`,
    }
    issue('error', 'block', at, message)
  }
  own.sort((one, other) => one.line - other.line || one.column - other.column)
  const devices = used.map((one) => usableOf(one, '*'))
  const device = used.find(({ isBoard }) => !isBoard)?.device.name ?? path
  return { device, devices, issues: [...own, ...ofOverlays] }
}

/** It tells of no block, so that nothing of the chip is used. */
function isGeneral({ severity, path }: Issue): boolean {
  return severity === 'error' && path === ''
}

/**
 * A chip with all of its overlays, and what is wrong with each of these; `failed` is what cannot be
 * read: an overlay by its index, or the chip, which is -1.
 */
async function patched(
  chip: string,
  overlays: readonly string[],
): Promise<{
  description?: Description
  issues: Issue[][]
  failed?: { index: number; error: PhysmemError }
}> {
  const { applyOverlay } = await import('../describe/yaml/index.ts')
  const made: Description[] = []
  try {
    made.push(await readDescription(sourceAt(chip)))
    for (const overlay of overlays) {
      made.push(applyOverlay(made.at(-1) as Description, sourceAt(overlay)))
    }
  } catch (error) {
    if (!(error instanceof PhysmemError)) throw error
    return { issues: [], failed: { index: made.length - 1, error } }
  }
  const description = made.at(-1) as Description
  for (const block of description.device.blocks) void block.children
  const issues = made.slice(1).map((one, index) => {
    const before = made[index]?.issues ?? []
    return one.issues.filter((each) => !before.includes(each))
  })
  return { description, issues }
}

/** An overlay of which nothing says what it changes: its own form. */
async function lintForm(source: SourceText): Promise<Linted> {
  const { applyOverlay } = await import('../describe/yaml/index.ts')
  const none: Description = { device: { name: '', endian: 'little', blocks: [] }, issues: [] }
  const issues = applyOverlay(none, source).issues.filter(({ code }) => code !== 'unmatched')
  const how = `name it under "overlays" of a ${BOARD_FILE} beside it, or say there "_svd: FILE"`
  return {
    ...{ device: source.name, devices: [], issues },
    note: `${clip(source.name)} names no device that it changes, so only its form was checked: ${how}`,
  }
}
