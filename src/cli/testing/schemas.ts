import { readdirSync, readFileSync } from 'node:fs'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'

const folder = new URL('../../../docs/schemas/', import.meta.url)

const ajv = new Ajv2020({
  allErrors: true,
  allowUnionTypes: true,
  strictTypes: false,
  strictRequired: false,
})

/** The published schemas of the documents that `--json` prints, by the name of the command. */
export const schemas: ReadonlyMap<string, ValidateFunction> = compile()

/** Whether what is read, and written before, is as its published schema says: one in a folder. */
export function isValid(schema: string, document: unknown): boolean {
  return ajv.validate(JSON.parse(readFileSync(new URL(schema, folder), 'utf8')), document)
}

function compile(): Map<string, ValidateFunction> {
  // Those in folders are of what is read, not of what is printed.
  const files = readdirSync(folder).filter((name) => name.endsWith('.json'))
  for (const file of files) {
    ajv.addSchema(JSON.parse(readFileSync(new URL(file, folder), 'utf8')))
  }
  const commands = files.filter((file) => file !== 'common.json')
  return new Map(
    commands.map((file) => {
      const validate = ajv.getSchema(file)
      if (validate === undefined) throw new Error(`${file} has another $id`)
      return [file.replace('.json', ''), validate]
    }),
  )
}

/** Throws unless each line is a document of a command, as its schema has it. */
export function checkDocuments(text: string): void {
  for (const line of text.split('\n').filter((each) => each !== '')) {
    const document = JSON.parse(line)
    const validate = schemas.get(document.command)
    if (validate === undefined) throw new Error(`no schema for the command of ${line}`)
    if (validate(document)) continue
    const problems = (validate.errors ?? []).map(
      ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
    )
    throw new Error(`${line}\nis not what its schema says:\n${problems.join('\n')}`)
  }
}
