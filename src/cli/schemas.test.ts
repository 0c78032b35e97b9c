import { describe, expect, it } from 'vitest'
import { registry } from './registry.ts'
import { checkDocuments, schemas } from './testing/schemas.ts'

describe('the published schemas', () => {
  it('are there for every command that prints JSON, and for a line without one', async () => {
    const commands = await Promise.all(
      registry.map(async ({ name, load }) => ({ name, command: (await load()).default })),
    )
    const printing = commands.filter(({ command }) => !command.refuses?.includes('json'))
    const names = printing.map(({ name }) => name).filter((name) => !name.startsWith('__'))
    expect([...schemas.keys()].sort()).toEqual([...names, 'physmem'].sort())
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
