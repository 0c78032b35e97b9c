/** Hints of the built file that starts fast, in which not all is that the others have. */
import { expect, it } from 'vitest'
import { partFor } from '../../start/everyday.ts'
import { BuiltCli } from '../../testing/built.ts'
import { run } from '../../testing/run.ts'

const cli = new BuiltCli()

it('those of the file for commands that only look', async () => {
  const words = ['map', 'package.json']
  expect(partFor(words)).toBe('looking')
  const { code, err } = await cli.run(words, { PHYSMEM_TARGET: '' })
  expect(err).toContain('"package.json" is a file, not a place')
  expect({ code, out: '', err }).toEqual(await run(words))
})

// One line of each kind of hint.
it.each([
  'read 0x0 4',
  'read 0x8 32 0x1',
  'read /dev/uio0',
  'read 8086:100e',
  'read uart0.FR',
  'write 0x8 1',
  'write 0x8 |= 1',
  'write 0x10==1',
  'wait 0x8 0',
  'devmem 0x8 0x41',
  'read package.json',
  'read uio0',
  'wait 0x8=5 -t 10ms',
  'read --oops 0x8',
  'read 0x8 --hex',
  'write',
  'devmem 0x8 32 1 2',
])('%s', async (line) => {
  const words = line.split(' ')
  // What may be the name of a register needs more.
  expect(partFor(words)).toBe(/^[a-z]/.test(words[1] ?? '') ? 'named' : 'everyday')
  const { code, err } = await cli.run(words, { PHYSMEM_TARGET: '' })
  expect(err).not.toContain('this is a bug')
  expect({ code, out: '', err }).toEqual(await run(line))
})
