import type { Value } from '../../../base/width.ts'
import type { Change, Store } from '../../../device/store.ts'
import { fieldValue } from '../../../device/values.ts'
import type { Storing } from '../../../operate/store.ts'
import { padded, type Row, showValue } from '../format/value.ts'
import { spelledField } from './lines.ts'

/** What a store made of a register: one line a change that was read before, none for others. */
export function storedRows({ store, old, written }: Storing): Row[] {
  if (old === undefined || written === undefined) return []
  const { changes, register } = store
  const { width } = register.found.register
  const end = `in ${showValue(old, width)}, ${showValue(written, width)}`
  return changes.map((change) => {
    const text = (value: Value, usage: 'read' | 'write') =>
      showChange(change, BigInt(value) & change.mask, width, usage)
    return {
      name: change.name,
      text: `read ${text(old, 'read')}, wrote ${text(written, 'write')}`,
      end,
    }
  })
}

/** The value of what changes: of a field with its name. */
function showChange(
  { field, mask, braces }: Change,
  value: bigint,
  width: number,
  usage: 'read' | 'write' = 'write',
): string {
  if (braces !== undefined) return showValue(width === 64 ? value : Number(value), width)
  if (field === undefined) {
    const low = lowest(mask)
    return showValue(value >> BigInt(low), (mask >> BigInt(low)).toString(2).length || width)
  }
  return spelledField(field, fieldValue(field, value), { usage })
}

function lowest(mask: bigint): number {
  return mask === 0n ? 0 : (/0*$/.exec(mask.toString(2))?.[0].length ?? 0)
}

/** What a store would do, and what would become of the bits around. */
export function intentionLines(store: Store): string[] {
  const { register, changes, isUpdate, mask, value, neutral } = store
  const { width } = register.found.register
  const whole = (bits: bigint) => showValue(width === 64 ? bits : Number(bits), width)
  const what = changes
    .map((change) =>
      change.braces !== undefined
        ? change.braces
        : change.isWhole
          ? showChange(change, change.value, width)
          : `${partName(change, register.name)} to ${showChange(change, change.value, width)}`,
    )
    .join(' and ')
  const first = changes[0]?.isWhole
    ? `would write ${what} to ${register.name} (${width} bits)`
    : isUpdate
      ? `would read ${register.name}, set ${what} and write (${width} bits, mask ${whole(mask)}, value ${whole(value)})`
      : `would set ${what} and write ${whole(value)} to ${register.name} (${width} bits, no read)`
  const others = isUpdate ? ['other bits'] : []
  const names = padded([...neutral.map(({ name }) => name), ...others])
  const lines = neutral.map((one, index) => {
    const why = WHY[one.why]
    return `  ${names[index]}  written as ${showPart(one.mask, one.value)}: ${why}`
  })
  const rest = isUpdate ? [`  ${names.at(-1)}  kept as read (${whole(allOf(width) & ~mask)})`] : []
  return [first, ...lines, ...rest]
}

/** A field by its name; bits, whose name is their numbers, as what they are. */
function partName({ name }: Change, register: string): string {
  const part = name.replace(`${register}:`, '')
  if (!/^[0-9]/.test(part)) return part
  return `${part.includes(':') ? 'bits' : 'bit'} ${part}`
}

const WHY = {
  'one-to': 'only a 1 would change it',
  'zero-to': 'only a 0 would change it',
  reset: 'cannot be read, this is its reset value',
} as const

function allOf(width: number): bigint {
  return (1n << BigInt(width)) - 1n
}

function showPart(mask: bigint, value: bigint): string {
  const low = lowest(mask)
  const part = value >> BigInt(low)
  return part > 9n ? `0x${part.toString(16)}` : `${part}`
}
