import type { Cluster, Field, Register } from '../model.ts'

/** The bits of a field in a register, with all that it repeats; that fits in 64 bits. */
export function fieldBits({ lsb, width, repeat }: Field): bigint {
  const one = ((1n << BigInt(width)) - 1n) << BigInt(lsb)
  let bits = 0n
  for (let index = 0; index < (repeat?.count ?? 1); index++) {
    bits |= one << BigInt(index * (repeat?.stride ?? 0))
  }
  return bits
}

/** Fields with bits that an earlier one has, too; not one to read and one to write. */
export function* overlappingFields(
  fields: readonly Field[],
): Generator<{ one: Field; other: Field }> {
  const seen: { field: Field; bits: bigint }[] = []
  let all = 0n
  for (const field of fields) {
    const bits = fieldBits(field)
    const other =
      (all & bits) === 0n
        ? undefined
        : seen.find((earlier) => (earlier.bits & bits) !== 0n && !apart(earlier.field, field))
    if (other !== undefined) yield { one: field, other: other.field }
    seen.push({ field, bits })
    all |= bits
  }
}

/** Whether one is only read, and the other only written. */
function apart(one: Pick<Field, 'access'>, other: Pick<Field, 'access'>): boolean {
  const words = [one.access, other.access]
  return (
    words.includes('read-only') && (words.includes('write-only') || words.includes('write-once'))
  )
}

/** Registers that lie where another one does, undeclared; arrays with gaps are left to a closer look. */
export function overlappingRegisters(children: readonly (Register | Cluster)[]) {
  const stretches = children
    .filter((child): child is Register => child.kind === 'register')
    .filter(({ alternate, repeat, width }) => {
      return alternate === undefined && (repeat === undefined || repeat.stride * 8 === width)
    })
    .map((register) => {
      const { offset, width, repeat } = register
      return { register, start: offset, end: offset + (width / 8) * (repeat?.count ?? 1) }
    })
    .sort((a, b) => a.start - b.start)
  const found: { one: Register; other: Register }[] = []
  let furthest = stretches[0]
  for (const stretch of stretches.slice(1)) {
    if (furthest !== undefined && stretch.start < furthest.end) {
      if (!apart(stretch.register, furthest.register)) {
        found.push({ one: stretch.register, other: furthest.register })
      }
    }
    if (furthest === undefined || stretch.end > furthest.end) furthest = stretch
  }
  return found
}
