import { describe, expect, it } from 'vitest'
import type { JsonDocument, Undocumented } from '../../report/documents.ts'
import { errors, examples } from '../../report/testing/examples.ts'
import { registry } from '../registry.ts'
import { run } from '../testing/run.ts'
import { membersOf, membersOfError, membersOfSchema } from '../testing/schema-members.ts'
import { checkDocuments, schemas } from '../testing/schemas.ts'

describe('the published schemas', () => {
  it('are there for every command, which may be wrong, and for a line without one', () => {
    const names = registry.filter(({ hidden }) => !hidden).map(({ name }) => name)
    expect([...schemas.keys()].sort()).toEqual([...names, 'physmem'].sort())
  })

  it('have a type each', async () => {
    const others: Record<Undocumented, true> = {
      agent: true,
      completion: true,
      physmem: true,
      repl: true,
      run: true,
    }
    const typed = [...Object.keys(examples), ...Object.keys(others)]
    expect([...schemas.keys()].sort()).toEqual(typed.sort())
    const document: JsonDocument<'physmem'> = JSON.parse((await run('raed 0x1 --json')).out)
    expect(document.error.code).toBe('EUSAGE')
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

/** Capabilities, codes of errors and what is recorded are names, which a schema does not know. */
const isName = (member: string) => /^(host\.capabilities|totals\.failures|values)\./.test(member)

describe('the length of a place', () => {
  it('is called so in every document', () => {
    const named = [...schemas.keys()].flatMap((command) => membersOfSchema(command))
    expect(named.filter((member) => /(^|\.)size$/.test(member))).toEqual([
      // How large a page is.
      'results[].compound.size',
    ])
  })
})

describe('the types of src/report', () => {
  it.each(Object.entries(examples))('agree with the schema of %s', (command, documents) => {
    for (const document of documents) checkDocuments(JSON.stringify({ command, ...document }))
    const members = membersOf(documents).filter((member) => !isName(member))
    expect(members).toEqual(membersOfSchema(command))
  })

  it('agree with the schema of errors', () => {
    for (const error of errors) checkDocuments(JSON.stringify({ command: 'batch', line: 1, error }))
    expect(membersOf(errors)).toEqual(membersOfError())
  })
})
