import { describe, expect, it } from 'vitest'
import { registry } from '../registry.ts'
import { run } from '../testing/run.ts'
import { checkDocuments, schemas } from '../testing/schemas.ts'

describe('the published schemas', () => {
  it('are there for every command, which may be wrong, and for a line without one', () => {
    const names = registry.filter(({ hidden }) => !hidden).map(({ name }) => name)
    expect([...schemas.keys()].sort()).toEqual([...names, 'physmem'].sort())
  })

  it('have the errors of a command that refuses --json', async () => {
    for (const line of ['devmem 0x0 --json', 'completion bash --json']) {
      const { code, out } = await run(line)
      expect(code).not.toBe(0)
      expect(JSON.parse(out)).toMatchObject({ error: { code: 'EUSAGE' } })
    }
  })

  it.each([
    ['{"command":"read"}', "must have required property 'results'"],
    ['{"command":"read","results":[],"more":1}', 'must NOT have additional properties'],
    ['{"command":"list","problems":[],"places":null}', 'must be array'],
    ['{"command":"nosuch"}', 'no schema for the command'],
  ])('refuse %s', (line, message) => {
    expect(() => checkDocuments(line)).toThrow(message)
  })
})
