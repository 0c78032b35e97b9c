/** What code needs to know of an error is data: no file reads a message. */
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const src = fileURLToPath(new URL('.', import.meta.url))

const READS =
  /message\??\.(match|replace|includes|startsWith|endsWith|split|indexOf|slice|search)|\.(exec|test)\([^()]*message|[mM]essage (===|!==)/

/** They read the words of others, or cut their own to a length. */
const MAY = [
  'base/errors.ts', // cuts what is too long to be read
  'cli/frame/commander-texts.ts', // commander's, which has codes and no data
  'cli/frame/hints/kinds-there.ts', // leaves out `known`, which is data, by its length
  'describe/yaml/broken.ts', // of yaml, some of whose codes mean several things
  'describe/yaml/parse.ts', // of V8, which has no code for a stack that is too deep
  'device/snapshot/parse.ts', // of V8 and of valibot, which tell by words alone what is wrong
  'engine/addon.ts', // the first line of what the dynamic loader says, to quote it
  'machine/named-refusal.ts', // puts a place where `subject`, which is data, stood
  'operate/failure.ts', // leaves out `subject`, which is data, by its length
]

test.each([
  ["error.message.startsWith('x')", true],
  ['/did you mean/.exec(error.message)', true],
  ['retell(error, { message: error.message })', false],
])('%s is found: %s', (line, isFound) => expect(READS.test(line)).toBe(isFound))

test('no message is read', () => {
  const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter(
    (name) => name.endsWith('.ts') && !/\.test\.ts$|(^|\/)testing\/|^memory\/contract/.test(name),
  )
  const reading = files.filter((name) =>
    readFileSync(src + name, 'utf8')
      .split('\n')
      .some((line) => READS.test(line) && !/message === undefined/.test(line)),
  )
  expect(reading.sort()).toEqual(MAY)
})
