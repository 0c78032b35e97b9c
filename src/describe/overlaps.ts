/** Registers that lie on each other, without saying that they are alternates. */
import { formatHex } from '../text/number.ts'
import { registersOf } from './lookup.ts'
import type { Block, Cluster, Register } from './model.ts'

/** So many elements of one block are compared: an array may have 2^32. */
const MOST_COMPARED = 65_536

/** Each pair of registers once, however many of their elements overlap. */
export function* overlapsIn(block: Block) {
  const declared = declaredIn(block.children, false)
  const pairs = new Map<Register, Set<Register>>()
  let before: { register: Register; name: string; end: number } | undefined
  let compared = 0
  for (const { register, name, offset } of registersOf(block)) {
    if (compared++ === MOST_COMPARED) {
      const message = `only its first ${MOST_COMPARED.toLocaleString('en')} registers are compared`
      yield { code: 'not-compared', message, path: block.name, part: block }
      return
    }
    const end = offset + register.width / 8
    if (before !== undefined && offset < before.end && before.register !== register) {
      const known = pairs.get(before.register)?.has(register)
      const isDeclared =
        declared.has(register) ||
        declared.has(before.register) ||
        areApart(before.register, register)
      if (!known && !isDeclared) {
        const known = pairs.get(before.register) ?? new Set()
        pairs.set(before.register, known.add(register))
        const message = `it overlaps ${before.name} at offset ${formatHex(offset)}, and neither is an alternate`
        yield {
          ...{ code: 'registers-overlap', message, path: `${block.name}.${name}` },
          part: register,
        }
      }
    }
    if (before === undefined || end > before.end) before = { register, name, end }
  }
}

/** Registers that are alternates, or are in a cluster that is one. */
function declaredIn(
  children: readonly (Register | Cluster)[],
  isAlternate: boolean,
): ReadonlySet<Register> {
  const found = new Set<Register>()
  for (const node of children) {
    const is = isAlternate || node.alternate !== undefined
    if (node.kind === 'cluster') for (const one of declaredIn(node.children, is)) found.add(one)
    else if (is) found.add(node)
  }
  return found
}

/** One for loads and one for stores may have the same location. */
function areApart(one: Register, other: Register): boolean {
  const both = [one.access, other.access]
  return both.includes('read-only') && both.includes('write-only')
}
