import { parseNumber } from '../../../text/number.ts'
import { attempt } from '../reading.ts'
import { type Entry, type MapTree, mapTree, type TextTree, type Tree } from '../tree.ts'

/**
 * The keys and words of CMSIS-SVD, which overlays for it use, in those of our own form
 * (docs/register-yaml.md): both may be written.
 */
const KEYS: Readonly<Record<string, string>> = {
  addressOffset: 'offset',
  size: 'width',
  resetValue: 'reset',
  resetMask: 'reset-mask',
  readAction: 'on-read',
  modifiedWriteValues: 'on-write',
  displayName: 'display-name',
  alternateRegister: 'alternate',
  alternateCluster: 'alternate',
  alternateGroup: 'alternate-group',
  dim: 'count',
  dimIncrement: 'stride',
  dimIndex: 'names',
  writeConstraint: 'writes',
  baseAddress: 'base',
  groupName: 'group',
  alternatePeripheral: 'alternate',
}

/** What is for generated headers or interrupts alone. */
const IGNORED = new Set([
  ...['headerStructName', 'headerEnumName', 'prependToName', 'appendToName', 'disableCondition'],
  ...['interrupt', 'interrupts', 'protection', 'dimName', 'dimArrayIndex', 'derivedFrom'],
  ...['addressBlock', 'addressBlocks', 'dataType'],
])

const WORDS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  access: { writeOnce: 'write-once', 'read-writeOnce': 'read-write-once' },
  'on-read': { modifyExternal: 'external' },
  'on-write': {
    oneToClear: 'one-to-clear',
    oneToSet: 'one-to-set',
    oneToToggle: 'one-to-toggle',
    zeroToClear: 'zero-to-clear',
    zeroToSet: 'zero-to-set',
    zeroToToggle: 'zero-to-toggle',
  },
  writes: { writeAsRead: 'as-read', useEnumeratedValues: 'values', enum: 'values' },
}

/** A register's, cluster's or block's mapping in our own keys; `isBlock`: its size is in bytes. */
export function ownNames(map: MapTree, isBlock = false): MapTree {
  const entries: Entry[] = []
  for (const entry of map.entries.values()) {
    const size = entry.key === 'addressBlock' && isBlock ? sizeOf(entry.value) : undefined
    if (size !== undefined) entries.push({ ...size, key: 'size' })
    if (IGNORED.has(entry.key)) continue
    const key = isBlock && entry.key === 'size' ? 'size' : (KEYS[entry.key] ?? entry.key)
    entries.push({ key, at: entry.at, value: ownWords(key, entry.value) })
  }
  return mapTree(map.at, entries)
}

/** The size in an address block that begins where its block does. */
function sizeOf(value: Tree): Entry | undefined {
  if (value.kind !== 'map') return undefined
  const offset = value.entries.get('offset')?.value
  const begins = offset === undefined || (offset.kind === 'text' && /^0(x0+)?$/.test(offset.text))
  return begins ? value.entries.get('size') : undefined
}

function ownWords(key: string, value: Tree): Tree {
  if (key === 'registers' && value.kind === 'map') return eachOf(value, (one) => ownNames(one))
  if (key === 'fields' && value.kind === 'map') return eachOf(value, (one) => ownField(one))
  if (value.kind !== 'text') return value
  if (key === 'names') return indexList(value)
  const words = WORDS[key]
  const own =
    words !== undefined && Object.hasOwn(words, value.text) ? words[value.text] : undefined
  return own === undefined ? value : { ...value, text: own }
}

function eachOf(map: MapTree, change: (one: MapTree) => MapTree): MapTree {
  return mapTree(
    map.at,
    [...map.entries.values()].map((entry) => ({
      ...entry,
      value: entry.value.kind === 'map' ? change(entry.value) : entry.value,
    })),
  )
}

/** Where a field is now, of which an overlay may say a part anew. */
interface Bits {
  lsb: number
  width: number
}

/** A field's mapping in our own keys: where it is becomes `bits`. */
export function ownField(map: MapTree, now?: Bits): MapTree {
  const entries: Entry[] = []
  for (const entry of ownNames(map).entries.values()) {
    if (!POSITION.includes(entry.key)) entries.push(entry)
  }
  const bits = bitsOf(map, now)
  if (bits !== undefined) entries.push(bits)
  return mapTree(map.at, entries)
}

const POSITION = ['bitOffset', 'bitWidth', 'bitRange', 'lsb', 'msb']

function withoutBrackets(text: string): string {
  return text.startsWith('[') && text.endsWith(']') ? text.slice(1, -1).trim() : text
}

function bitsOf(map: MapTree, now: Bits | undefined): Entry | undefined {
  const given = POSITION.flatMap((key) => map.entries.get(key) ?? [])
  const [first] = given
  if (first === undefined) return undefined
  const texts = new Map(
    given.map(({ key, value }) => [key, value.kind === 'text' ? value.text : '']),
  )
  const text = (): string => {
    const range = texts.get('bitRange')
    if (range !== undefined) return withoutBrackets(range.trim())
    const number = (key: string) => {
      const one = texts.get(key)
      if (one === undefined) return undefined
      const made = attempt(() => Number(parseNumber(one, { max: 64n })))
      return 'value' in made ? made.value : Number.NaN
    }
    const lsb = number('lsb') ?? number('bitOffset') ?? now?.lsb ?? 0
    const msb = number('msb')
    const width = msb === undefined ? (number('bitWidth') ?? now?.width ?? 1) : msb - lsb + 1
    if (Number.isNaN(lsb) || Number.isNaN(width)) return [...texts.values()].join(' ')
    return width === 1 ? `${lsb}` : `${lsb + width - 1}:${lsb}`
  }
  return { key: 'bits', at: first.at, value: { kind: 'text', text: text(), at: first.value.at } }
}

/** `0-3`, `A-D` and `A,B` as a list of names. */
function indexList(value: TextTree): Tree {
  const { text, at } = value
  const range = /^(\d{1,4})-(\d{1,4})$|^([A-Z])-([A-Z])$/.exec(text.trim())
  const named = (names: string[]): Tree => ({
    kind: 'list',
    items: names.map((name) => ({ kind: 'text', text: name, at })),
    at,
  })
  if (range === null) return named(text.split(',').map((one) => one.trim()))
  const [from, to] = [range[1] ?? range[3] ?? '', range[2] ?? range[4] ?? '']
  const isNumber = range[1] !== undefined
  const code = (one: string) => (isNumber ? Number(one) : one.charCodeAt(0))
  const length = Math.max(0, code(to) - code(from) + 1)
  const name = (code: number) => (isNumber ? String(code) : String.fromCharCode(code))
  return named(Array.from({ length }, (_, index) => name(code(from) + index)))
}
