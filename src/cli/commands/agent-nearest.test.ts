/** What the agent takes a mistyped name for is what physmem takes it for. */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { noCompiler } from '../../engine/testing/header.ts'
import { nearest } from '../../text/suggest.ts'
import { TestFolder } from '../testing/files.ts'

const native = fileURLToPath(new URL('../../../native/', import.meta.url))
const folder = new TestFolder()

/** Reads lines of a word and names, and prints of each which name is nearest. */
const DRIVER = `
#include <stdio.h>
#include <string.h>
#include "${native}agent_nearest.c"
int main(void) {
  static char line[4096];
  while (fgets(line, sizeof line, stdin)) {
    const char *names[16];
    size_t count = 0;
    char *word = strtok(line, " \\n");
    for (char *name; count < 16 && (name = strtok(NULL, " \\n"));)
      names[count++] = name;
    const char *near = agent_nearest(word, names, count);
    puts(near ? near : "-");
  }
  return 0;
}
`

function nearestInC(lines: readonly (readonly string[])[]): string[] {
  const program = folder.file('nearest', '')
  const source = folder.file('nearest.c', DRIVER)
  const built = spawnSync('cc', ['-Wall', '-Werror', '-I', native, '-o', program, source])
  if (built.status !== 0) throw new Error(built.stderr.toString())
  const input = lines.map((words) => `${words.join(' ')}\n`).join('')
  return spawnSync(program, { input, encoding: 'utf8' }).stdout.trimEnd().split('\n')
}

it.skipIf(noCompiler)(`it is the same name${noCompiler ? ` [skipped: ${noCompiler}]` : ''}`, () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '-'), minLength: 1, maxLength: 8 })
  const names = fc.uniqueArray(word, { minLength: 1, maxLength: 6 })
  const any = fc.sample(fc.tuple(word, names), { numRuns: 5000, seed: 1 })
  const lines = [['txef', 'txff', 'txfe'], ...any.map(([one, all]) => [one, ...all])]
  const expected = lines.map(([one = '', ...all]) => nearest(one, all) ?? '-')
  expect(expected[0]).toBe('txfe')
  expect(nearestInC(lines)).toEqual(expected)
})
