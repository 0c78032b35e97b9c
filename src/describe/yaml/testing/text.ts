import { RequestError } from '../../../base/errors.ts'
import type { Block, Cluster, Description, Field, Register, SourceText } from '../../model.ts'
import { readYaml } from '../read.ts'

/** A text as a file, beside which the others are. */
export function sourceOf(
  text: string,
  name = 'a.yaml',
  others: Record<string, string> = {},
): SourceText {
  return {
    name,
    text,
    open: (other) => {
      const found = others[other]
      if (found === undefined) throw new RequestError('ENOPLACE', `there is no file ${other}`)
      return sourceOf(found, other, others)
    },
  }
}

/** A file with one block, whose registers these lines are. */
export function block(registers: string): string {
  return `blocks:\n  U:\n    registers:\n${registers.replace(/^/gm, '      ')}`
}

/** A description with all of its issues, also those that come only when registers are asked for. */
export function complete(description: Description): Description {
  for (const block of description.device.blocks) void block.children
  return description
}

export function read(text: string): Description {
  return complete(readYaml(sourceOf(text)))
}

/** All issues, each as `line:column severity code path: message`. */
export function issuesOf({ issues }: Description): string[] {
  return issues.map(({ line, column, severity, code, path, message }) => {
    return `${line}:${column} ${severity} ${code} ${path}: ${message}`
  })
}

export function blockOf({ device }: Description, name: string): Block {
  const found = device.blocks.find((block) => block.name === name)
  if (found === undefined) throw new Error(`no block ${name}`)
  return found
}

/** The register or cluster at `BLOCK.CLUSTER.REGISTER`, by the names in the model. */
export function partOf(description: Description, path: string): Register | Cluster {
  const [block = '', ...names] = path.split('.')
  let parts: readonly (Register | Cluster)[] = blockOf(description, block).children
  let found: Register | Cluster | undefined
  for (const name of names) {
    found = parts.find((part) => part.name === name)
    if (found === undefined) throw new Error(`no ${name} among ${parts.map((one) => one.name)}`)
    parts = found.kind === 'cluster' ? found.children : []
  }
  if (found === undefined) throw new Error(`no part ${path}`)
  return found
}

export function registerOf(description: Description, path: string): Register {
  const found = partOf(description, path)
  if (found.kind !== 'register') throw new Error(`${path} is not a register`)
  return found
}

export function fieldOf(description: Description, path: string, name: string): Field {
  const { fields } = registerOf(description, path)
  const found = fields.find((field) => field.name === name)
  if (found === undefined)
    throw new Error(`no field ${name} among ${fields.map((one) => one.name)}`)
  return found
}
