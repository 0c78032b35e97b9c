/** The walls between the files of C: no circle of calls (docs/architecture.md). */
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { inCircles } from './testing/circles.ts'

/** Of each file of a folder of C, the others whose functions it names. */
function callsBetween(folder: string): Map<string, string[]> {
  const path = fileURLToPath(new URL(`../${folder}/`, import.meta.url))
  const names = readdirSync(path).filter((name) => name.endsWith('.c'))
  const code = new Map(
    names.map((name) => [
      name,
      readFileSync(path + name, 'utf8').replace(/\/\*.*?\*\/|\/\/.*?$|"[^"\n]*"/gms, ''),
    ]),
  )
  const defined = [...code].flatMap(([file, text]) => {
    const plain = text.matchAll(/^(?!static|struct \w+ \{)[a-z][\w *\n]*?\b(\w+)\([^;{}]*\)\s*\{/gm)
    const made = text.matchAll(/^MAKE\((\w+)/gm)
    return [...plain, ...made].map(([, name = '']) => ({ file, name }))
  })
  return new Map(
    names.map((file) => {
      const words = new Set(code.get(file)?.match(/\w+/g))
      const others = defined.filter((one) => one.file !== file && words.has(one.name))
      return [file, [...new Set(others.map((one) => one.file))]]
    }),
  )
}

/** For one CPU each: the same functions are defined in all of them. */
const BY_CPU = ['arm64.c', 'generic.c', 'x86.c']

describe.each([
  ['native', ['addon.c', 'addon_memory.c'], ['addon_memory.c', 'addon_values.c']],
  ['kmod', ['main.c', 'buffer.c'], ['buffer.c', 'registry.c']],
])('the C files of %s', (folder, ...known) => {
  const calls = callsBetween(folder)

  it.each(known)('call each other: %s calls %s', (from = '', to = '') => {
    expect(calls.get(from)).toContain(to)
  })

  it('call each other in no circle', () => {
    const one = (file: string) => (BY_CPU.includes(file) ? 'CPU' : file)
    const joined = new Map<string, string[]>()
    for (const [file, others] of calls) {
      const targets = others.map(one).filter((other) => other !== one(file))
      joined.set(one(file), [...(joined.get(one(file)) ?? []), ...targets])
    }
    expect(inCircles(joined)).toEqual([])
  })
})
