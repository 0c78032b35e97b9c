import fc from 'fast-check'
import { expect, it } from 'vitest'
import { parseTarget } from '../place/target.ts'
import { fileOf, wholeTarget } from './whole-target.ts'

it.each([
  ['sim:', 'sim:', undefined],
  ['sim:b.yaml', 'sim:/a/b.yaml', '/a/b.yaml'],
  ['sim:../b.yaml', 'sim:/b.yaml', '/b.yaml'],
  ['sim:/c/b.yaml', 'sim:/c/b.yaml', '/c/b.yaml'],
  ['unix:s.sock', 'unix:/a/s.sock', undefined],
  ['serial:tty,9600', 'serial:/a/tty,9600', undefined],
  ['serial:/dev/ttyUSB0', 'serial:/dev/ttyUSB0', undefined],
  ['gdb:s.sock?leave=running', 'gdb:/a/s.sock?leave=running', undefined],
  ['gdb://localhost:1234', 'gdb://localhost:1234', undefined],
  ['qmp:s.sock', 'qmp:/a/s.sock', undefined],
  ['exec:docker exec -i box', 'exec:docker exec -i box', undefined],
  ['exec:/bin/env "x y"', 'exec:/bin/env "x y"', undefined],
  ["exec:bin/login 'x y' z", "exec:/a/bin/login 'x y' z", '/a/bin/login'],
  ['ssh://root@board', 'ssh://root@board', undefined],
  ['sudo:', 'sudo:', undefined],
])('%s', (target, whole, file) => {
  expect(wholeTarget('/a', target)).toBe(whole)
  expect(fileOf('/a', target)).toBe(file)
  expect(wholeTarget('/elsewhere', whole)).toBe(whole)
})

it('keeps the words of a command as they are', () => {
  const word = fc.string({ minLength: 1 })
  fc.assert(
    fc.property(fc.array(word, { maxLength: 4 }), (words) => {
      const quoted = words.map((one) => `'${one.replaceAll("'", "'\\''")}'`)
      const target = parseTarget(wholeTarget('/a', ['exec:./b', ...quoted].join(' ')))
      expect(target).toEqual({ kind: 'remote', reach: { by: 'exec', command: ['/a/b', ...words] } })
    }),
    { numRuns: 30 },
  )
})
