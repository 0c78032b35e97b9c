import { join } from 'node:path'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { TestFolder } from '../cli/testing/files.ts'
import { parseBoardFile } from './board-file.ts'
import { mayNameTarget } from './board-name.ts'
import { targetOf } from './board-target.ts'

const folder = new TestFolder()

it('a file that has a target is never passed over', () => {
  const letter = (at: number) =>
    fc.constantFrom(
      'target'.charAt(at),
      ...['x', 'u00', 'U000000'].map((kind) => `\\${kind}${'target'.charCodeAt(at).toString(16)}`),
    )
  const inQuotes = fc
    .tuple(...[0, 1, 2, 3, 4, 5].map(letter))
    .map((letters) => `"${letters.join('')}": 'sim:'`)
  const line = fc.oneof(
    inQuotes,
    fc.constantFrom(
      ...["target: 'sim:'", "'target': 'sim:'", "? target\n: 'sim:'", "!!str target: 'sim:'"],
      ...[
        "&a target: 'sim:'",
        '"tar\\\n  get": \'sim:\'',
        "{ target: 'sim:' }",
        "? 'tar\n  get'\n: 'sim:'",
      ],
      ...['chip: a.svd', 'blocks: {}', '# a comment', '? tar\n  get\n: x', ''],
    ),
  )
  fc.assert(
    fc.property(fc.array(line, { maxLength: 3 }), (lines) => {
      const text = lines.join('\n')
      const path = folder.file('physmem.yaml', text)
      let target: string | undefined
      try {
        target = targetOf(parseBoardFile(text, path))
      } catch {} // It has none that would be used.
      if (target !== undefined) expect(mayNameTarget(path), text).toBe(true)
    }),
  )
})

it('a file that has none is passed over, whatever else is in it', () => {
  expect(mayNameTarget(folder.file('a.yaml', 'chip: a.svd\nblocks: { tar: get }\n'))).toBe(false)
  expect(mayNameTarget(folder.file('b.yaml', ''))).toBe(false)
  expect(mayNameTarget(join(folder.path, 'none.yaml'))).toBe(true)
})
