import { RequestError } from '../../base/errors.ts'
import type { Width } from '../../base/width.ts'
import { clip, quote } from '../../text/refuse.ts'
import { optionWord } from '../../wording/command-line.ts'
import type { Description, SourceText } from '../model.ts'
import { notDescribing } from '../notes.ts'
import { readBlocks, readRegions } from './blocks.ts'
import { type Named, optional } from './fields.ts'
import { parseTree } from './parse.ts'
import { Part, Reading } from './reading.ts'
import { defaultsOf } from './registers.ts'
import { cameOf, type MapTree, type Tree } from './tree.ts'
import { ENDIANS } from './words.ts'

/** The keys at the top of a file. */
export const DEVICE_KEYS = [
  ...[
    'name',
    'description',
    'vendor',
    'version',
    'source',
    'endian',
    'bus-width',
    'width',
    'access',
  ],
  ...['on-read', 'safe', 'enumerations', 'field-sets', 'blocks', 'regions'],
]

/**
 * The description that a YAML file of our own form gives (docs/register-yaml.md), also a simulated
 * board's, whose devices are its blocks. Throws ESYNTAX, with file, line and column, for what is no
 * YAML or has neither blocks nor regions; all else that is wrong is an issue.
 */
export function readYaml(source: SourceText): Description {
  const { tree, duplicates } = parseTree(source.text, source.name)
  refuseBoardFile(tree, source.name)
  const reading = new Reading(source.name)
  for (const { key, at, first } of duplicates) {
    const message = `${quote(key)} is given twice: the first, in line ${first.line}, counts`
    reading.error('duplicate-name', '', at, message)
  }
  return readDevice(reading, tree, nameOf(source.name))
}

/** What says where blocks are would be a description of nothing: its blocks have no registers. */
function refuseBoardFile(tree: Tree, file: string): void {
  if (tree.kind !== 'map') return
  const key = [...tree.entries.values()].find((one) => ['chip', 'overlays'].includes(one.key))
  if (key === undefined) return
  const message = `this is a board file, not a description: give it as ${optionWord('board', clip(file))}`
  throw notDescribing(file, message, key.at)
}

/** The description that a tree gives; `name` for one that has none. */
export function readDevice(reading: Reading, tree: Tree, name: string): Description {
  if (tree.kind !== 'map' || !(tree.entries.has('blocks') || tree.entries.has('regions'))) {
    throw notADescription(reading.file, tree)
  }
  const part = new Part(reading, '', tree, DEVICE_KEYS)
  const named: Named = {
    enumerations: mapsAt(part, 'enumerations', 'values'),
    fieldSets: mapsAt(part, 'field-sets', 'fields'),
  }
  const given = part.choice('bus-width', ['8', '16', '32', '64'] as const)
  const busWidth = given && (Number(given) as Width)
  const defaults = defaultsOf(part, {
    width: 32,
    access: 'read-write',
    ...optional('busWidth', busWidth),
  })
  const blocks = part.map('blocks', 'a mapping from names')
  const regions = part.map('regions', 'a mapping from names')
  return {
    device: {
      name: part.text('name') ?? name,
      ...optional('description', part.text('description')),
      ...optional('vendor', part.text('vendor')),
      ...optional('version', part.text('version')),
      endian: part.choice('endian', ENDIANS) ?? 'little',
      ...optional('busWidth', busWidth),
      blocks: [
        ...(blocks === undefined ? [] : readBlocks(reading, blocks, named, defaults)),
        ...(regions === undefined ? [] : readRegions(reading, regions, named, defaults)),
      ],
    },
    issues: reading.issues,
  }
}

function notADescription(file: string, tree: Tree): RequestError {
  const { line, column } = tree.at
  const where = `${clip(file)}:${line}:${column}`
  const came = tree.kind === 'map' ? 'got neither' : cameOf(tree, quote)
  const message = `${where}: expected a description of registers, with "blocks" (or a board, with "regions"), ${came}`
  return new RequestError('ESYNTAX', message, { file, line, column })
}

/** Mappings that have a name: sets of values, or of fields. */
function mapsAt(part: Part, key: string, what: string): Map<string, MapTree> {
  const found = new Map<string, MapTree>()
  for (const { key: name, value } of part.map(key, 'a mapping from names')?.entries.values() ??
    []) {
    if (value.kind === 'map') {
      found.set(name, value)
      continue
    }
    const message = `expected a mapping from names to ${what}, ${cameOf(value, quote)}`
    part.reading.error('value', `${key}.${name}`, value.at, message)
  }
  return found
}

/** `boards/demo.yaml` → `demo`. */
function nameOf(file: string): string {
  return file.replace(/^.*[/\\]/, '').replace(/\.ya?ml$/i, '') || 'device'
}
