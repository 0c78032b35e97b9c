import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { are, counted, were } from './count.ts'

const sources = fileURLToPath(new URL('..', import.meta.url))

it('has one of a thing, and several of it', () => {
  expect([counted(1, 'byte'), counted(0, 'byte'), counted(2, 'step')]).toEqual([
    ...['1 byte', '0 bytes', '2 steps'],
  ])
  expect([are(1), are(0), were(1), were(2)]).toEqual(['is', 'are', 'was', 'were'])
})

/**
 * What messages count: a number before one of these may be 1. Not one in hexadecimal, and none of
 * those that never are 1.
 */
const PLURALS =
  /\$\{(?!(?:formatHex|hex|LOOKS|addresses\.size|count\} huge)\b)[^}]+\} (?:huge )?(?:bytes|elements|places|matches|differences|pages|processes|changes|commands|assignments|functions|frames|conditions|accesses|loads|stores|lines|steps|regions|symbols)\b/

/** A verb after a number, or after what was counted: `are` and `were` of count.ts choose it. */
const VERBS =
  /\$\{(?:[^}]*\b(?:count|counted|showSize|done|missing|available|total|first|failed|index)\b[^}]*)\} (?:are|were|have|lie)\b/

it('is what every message counts with', () => {
  const files = readdirSync(sources, { recursive: true, encoding: 'utf8' })
  const code = files.filter((file) => /(?<!\.test)\.ts$/.test(file) && !file.includes('testing/'))
  expect(code.length).toBeGreaterThan(100)
  const found = code.flatMap((file) => {
    const lines = readFileSync(sources + file, 'utf8').split('\n')
    return lines
      .filter((line) => PLURALS.test(line) || VERBS.test(line))
      .map((line) => `${file}: ${line.trim()}`)
  })
  expect(found).toEqual([])
})
