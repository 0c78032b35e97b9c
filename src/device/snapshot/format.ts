/** A file of values of registers, which `snapshot` writes; docs/schemas/files/snapshot.json is the same. */
import type { Width } from '../../base/width.ts'

/** What the file says that it is. */
export const SNAPSHOT_FORMAT = 'physmem snapshot 1'

export interface Snapshot {
  format: typeof SNAPSHOT_FORMAT
  /** The name of the chip, by its description; absent where none describes one. */
  chip?: string
  /** Which machine: as `--target` takes it. */
  target: string
  /** ISO 8601. */
  time: string
  /** In the order in which they were read. */
  registers: SavedRegister[]
  /** What was not read, and why. */
  skipped?: { register: string; why: string }[]
}

export interface SavedRegister {
  /** As the command line takes it: `UART0.CR`. */
  register: string
  /** Where it was. */
  place: string
  width: Width
  /** In hexadecimal, with all digits. */
  value: string
}

/** One register a line: such files are compared, and kept with others under version control. */
export function formatSnapshot(snapshot: Snapshot): string {
  const { format, chip, target, time, registers, skipped } = snapshot
  const head = { format, ...(chip === undefined ? {} : { chip }), target, time }
  const lines = Object.entries(head).map(([key, value]) => `  "${key}": ${JSON.stringify(value)}`)
  const list = (name: string, rows: readonly object[]) => {
    const each = rows.map((row) => `    ${JSON.stringify(row)}`).join(',\n')
    lines.push(rows.length === 0 ? `  "${name}": []` : `  "${name}": [\n${each}\n  ]`)
  }
  list('registers', registers)
  if (skipped !== undefined) list('skipped', skipped)
  return `{\n${lines.join(',\n')}\n}\n`
}
