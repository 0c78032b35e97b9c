import type { Position } from '../describe/model.ts'
import { cameOf, type Entry, type Tree } from '../describe/yaml/tree.ts'
import { quote } from '../text/refuse.ts'
import { type Fail, textOf } from './placed.ts'

/** One target of a group: `@GROUP` on a command line is all of them. */
export interface GroupedTarget {
  group: string
  target: string
  at: Position
}

/** What begins a word that names a group, where a target may stand. */
export const GROUP_SIGN = '@'

/** `lab: [A, B]`, or `bench: C` for a group of one. Calls `fail`, which throws, for anything else. */
export function readGroups({ key, value }: Entry, fail: Fail): GroupedTarget[] {
  if (value.kind !== 'map') {
    const expected = `${key}: expected groups, as in { lab: [TARGET, TARGET] }`
    return fail(value.at, `${expected}, ${cameOf(value, quote)}`)
  }
  return [...value.entries.values()].flatMap((entry) => readGroup(key, entry, fail))
}

function readGroup(key: string, { key: group, at, value }: Entry, fail: Fail): GroupedTarget[] {
  if (!/^[\w.-]+$/.test(group)) {
    fail(at, `${quote(group)} is not the name of a group: expected letters, digits, ., - and _`)
  }
  const items: readonly Tree[] = value.kind === 'list' ? value.items : [value]
  if (items.length === 0) fail(value.at, `${key}: ${group}: expected at least one target`)
  const found: GroupedTarget[] = []
  for (const item of items) {
    const target = textOf({ key: `${key}: ${group}`, at, value: item }, fail)
    if (target.startsWith(GROUP_SIGN)) {
      fail(item.at, `${key}: ${group}: a group has targets, and no other group: ${quote(target)}`)
    }
    if (found.some((one) => one.target === target)) {
      fail(item.at, `${key}: ${group}: ${quote(target)} is given twice`)
    }
    found.push({ group, target, at: item.at })
  }
  return found
}
