import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { counted } from './count.ts'

const sources = fileURLToPath(new URL('..', import.meta.url))

it('has one of a thing, and several of it', () => {
  expect([counted(1, 'byte'), counted(0, 'byte'), counted(2, 'step')]).toEqual([
    ...['1 byte', '0 bytes', '2 steps'],
  ])
})

/** Things that messages count. A number before one of them may be 1, but for one in hexadecimal. */
const PLURALS =
  /\$\{(?!(?:formatHex|hex)\()[^}]+\} (?:bytes|elements|places|matches|differences|pages|processes|changes|commands|assignments|functions|frames|conditions|accesses)\b/

it('is what every message counts with', () => {
  const files = readdirSync(sources, { recursive: true, encoding: 'utf8' })
  const code = files.filter((file) => /(?<!\.test)\.ts$/.test(file) && !file.includes('testing/'))
  expect(code.length).toBeGreaterThan(100)
  const found = code.flatMap((file) => {
    const lines = readFileSync(sources + file, 'utf8').split('\n')
    return lines.filter((line) => PLURALS.test(line)).map((line) => `${file}: ${line.trim()}`)
  })
  expect(found).toEqual([])
})
