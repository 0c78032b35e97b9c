import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import fc from 'fast-check'

/** What may happen to a file. */
export type Damage =
  | { kind: 'missing' }
  /** As unreadable as anything is to root. */
  | { kind: 'folder' }
  | { kind: 'loop' }
  | { kind: 'empty' }
  /** Ends after this part of it, in thousandths. */
  | { kind: 'cut'; at: number }
  /** Bytes at these places, in thousandths, become others. */
  | { kind: 'flipped'; bytes: [at: number, value: number][] }
  /** A part of it stands there twice. */
  | { kind: 'repeated'; from: number; to: number }
  | { kind: 'other'; content: Uint8Array }

const thousandth = fc.nat(1000)

export const damages: fc.Arbitrary<Damage> = fc.oneof(
  fc.constantFrom<Damage>(
    { kind: 'missing' },
    { kind: 'folder' },
    { kind: 'loop' },
    { kind: 'empty' },
  ),
  fc.record({ kind: fc.constant('cut' as const), at: thousandth }),
  fc.record({
    kind: fc.constant('flipped' as const),
    bytes: fc.array(fc.tuple(thousandth, fc.nat(255)), { minLength: 1, maxLength: 40 }),
  }),
  fc.record({ kind: fc.constant('repeated' as const), from: thousandth, to: thousandth }),
  fc.record({ kind: fc.constant('other' as const), content: fc.uint8Array({ maxLength: 200 }) }),
)

function damaged(bytes: Uint8Array, damage: Damage): Uint8Array {
  const place = (at: number) => Math.floor((at * bytes.length) / 1000)
  switch (damage.kind) {
    case 'cut':
      return bytes.subarray(0, place(damage.at))
    case 'flipped': {
      const copy = Uint8Array.from(bytes)
      for (const [at, value] of damage.bytes) copy[Math.min(place(at), copy.length - 1)] = value
      return copy
    }
    case 'repeated': {
      const [from, to] = [damage.from, damage.to].map(place).sort((a, b) => a - b)
      return new Uint8Array([...bytes.subarray(0, to), ...bytes.subarray(from)])
    }
    case 'other':
      return damage.content
    default:
      return new Uint8Array()
  }
}

/** Damages a file, runs `act`, and puts the file back. */
export function withDamage<T>(path: string, damage: Damage, act: () => T): T {
  const whole = readFileSync(path)
  rmSync(path)
  try {
    if (damage.kind === 'folder') mkdirSync(path)
    else if (damage.kind === 'loop') symlinkSync(basename(path), path)
    else if (damage.kind !== 'missing') writeFileSync(path, damaged(whole, damage))
    return act()
  } finally {
    rmSync(path, { recursive: true, force: true })
    writeFileSync(path, whole)
  }
}

/** All files below a folder, by what they are called; links are left out. */
export function filesByName(folder: string): Map<string, string[]> {
  const found = new Map<string, string[]>()
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    if (entry.isFile()) found.set(entry.name, [...(found.get(entry.name) ?? []), path])
  }
  return found
}
