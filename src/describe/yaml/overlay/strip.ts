import { type Layer, textsAt } from './layers.ts'
import { parseSpec } from './spec.ts'

/** The parts without what `_strip` takes from the front of their names, and `_strip_end` from the end. */
export function stripped<T extends { name: string; displayName?: string }>(
  parts: readonly T[],
  layers: readonly Layer[],
  path: string,
): T[] {
  let named = [...parts]
  for (const { text } of textsAt(layers, '_strip', path)) {
    named = named.map((part) => renamed(part, (name) => name.slice(frontLength(text, name))))
  }
  for (const { text } of textsAt(layers, '_strip_end', path)) {
    named = named.map((part) =>
      renamed(part, (name) => name.slice(0, name.length - endLength(text, name))),
    )
  }
  return named
}

/** A name of which nothing would be left stays. */
function renamed<T extends { name: string; displayName?: string }>(
  part: T,
  change: (name: string) => string,
): T {
  const name = change(part.name) || part.name
  if (part.displayName === undefined) return name === part.name ? part : { ...part, name }
  return { ...part, name, displayName: change(part.displayName) || part.displayName }
}

function frontLength(pattern: string, name: string): number {
  return length(pattern, name.length, (count) => name.slice(0, count))
}

function endLength(pattern: string, name: string): number {
  return length(pattern, name.length, (count) => name.slice(name.length - count))
}

/** How much of a name the pattern is: the least that fits. */
function length(pattern: string, most: number, cut: (count: number) => string): number {
  const { matches } = parseSpec(pattern)
  for (let count = 1; count < most; count++) if (matches(cut(count))) return count
  return 0
}
