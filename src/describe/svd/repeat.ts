/** The dim group: what repeats, how often, and under which names. */
import { counted } from '../../text/count.ts'
import { quote } from '../../text/refuse.ts'
import type { Repeat } from '../model.ts'
import { type Chain, said } from './derive.ts'
import { Said } from './value.ts'
import { textOf } from './xml.ts'

/** As many names as are listed one by one. */
const MOST_NAMES = 65_536

const MOST_ELEMENTS = 2 ** 32

/**
 * How an element repeats: `none`, where it does not; undefined, and an issue, where it cannot be
 * determined. What has no `%s` in its name does not repeat as what it is derived from does.
 */
export function repeatOf(of: Said, name: string): Repeat | 'none' | undefined {
  const [own] = of.chain
  const isTemplate = name.includes('%s')
  const dim = isTemplate ? of : new Said(of.file, [own], of.path)
  if (!dim.has('dim')) {
    if (isTemplate) of.doubt('no-dim', 'the name has %s, but dim is missing: it is one element')
    return 'none'
  }
  const count = dim.small('dim', MOST_ELEMENTS)
  if (count === undefined) return undefined
  if (count === 0) return refuse(dim, 'no-elements', 'dim is 0', 'dim')
  const stride = count === 1 && !dim.has('dimIncrement') ? 0 : dim.small('dimIncrement')
  if (stride === undefined) {
    return dim.has('dimIncrement')
      ? undefined
      : refuse(dim, 'no-increment', 'dim is given, but dimIncrement is missing', 'dim')
  }
  if (stride === 0 && count > 1) {
    return refuse(dim, 'no-increment', `dimIncrement is 0, but dim is ${count}`, 'dimIncrement')
  }
  if (stride * count > Number.MAX_SAFE_INTEGER) {
    return refuse(
      dim,
      'too-large',
      `${counted(count, 'element')} of ${counted(stride, 'byte')} exceed the address space`,
      'dim',
    )
  }
  if (!isTemplate) {
    if (count === 1) return 'none'
    of.doubt(
      'no-placeholder',
      `the name has no %s, but dim is ${count}: it is read as [%s]`,
      'name',
    )
  }
  const names = name.includes('[%s]') || !isTemplate ? ofArray(dim, count) : ofList(dim, count)
  if (names === undefined) return undefined
  return { count, stride, ...(names === 'numbers' ? {} : { names }) }
}

function refuse(dim: Said, code: string, message: string, name: string): undefined {
  dim.fault(code, `${message}: it is left out`, name)
}

/** The names of a list's elements; `numbers` where they are 0, 1, 2 …. */
function ofList(dim: Said, count: number): readonly string[] | 'numbers' | undefined {
  const text = said(dim.chain, 'dimIndex')?.text
  if (text === undefined) return 'numbers'
  const names = listed(dim, text, count)
  if (names === undefined || names === 'numbers') return names
  if (names.length !== count) {
    const message = `dimIndex has ${counted(names.length, 'name')}, but dim is ${count}`
    return refuse(dim, 'index-count', message, 'dimIndex')
  }
  if (new Set(names).size === count) return names
  const twice = names.find((name, index) => names.indexOf(name) !== index) ?? ''
  return refuse(dim, 'index-twice', `dimIndex has ${quote(twice)} twice`, 'dimIndex')
}

/**
 * The names of an array's elements, by which they are found besides their numbers. The format gives no
 * dimIndex to arrays, which count from 0; real files do.
 */
function ofArray(dim: Said, count: number): readonly string[] | 'numbers' | undefined {
  const text = said(dim.chain, 'dimIndex')?.text
  if (text === undefined) return arrayNames(dim.chain, count)
  const names = listed(dim, text, count)
  if (names === undefined || names === 'numbers') return names
  const isCounted = names.length !== count || names.some((name) => /^[0-9]+$/.test(name))
  if (isCounted) {
    const message = `dimIndex is ${quote(text)}, but an array is counted from 0: it is ignored`
    dim.doubt('index-of-array', message, 'dimIndex')
    return 'numbers'
  }
  return names
}

/** The names that dimArrayIndex gives to numbers of elements. */
function arrayNames(chain: Chain, count: number): readonly string[] | 'numbers' {
  const values = said(chain, 'dimArrayIndex')?.children ?? []
  if (values.length === 0 || count > MOST_NAMES) return 'numbers'
  const names = Array.from({ length: count }, (_, index) => String(index))
  for (const one of values.filter(({ name }) => name === 'enumeratedValue')) {
    const [name, value] = [textOf(one, 'name'), Number(textOf(one, 'value') ?? Number.NaN)]
    if (name !== undefined && names[value] !== undefined) names[value] = name
  }
  return new Set(names).size === count ? names : 'numbers'
}

/** What `3-6`, `A-D` or `a, b, c` lists: as long as it says. */
function listed(dim: Said, text: string, count: number): readonly string[] | 'numbers' | undefined {
  const range = /^([0-9]+)\s*-\s*([0-9]+)$/.exec(text)
  if (range !== null) {
    const [first, last] = [Number(range[1]), Number(range[2])]
    if (first === 0 && last === count - 1) return 'numbers'
    if (last < first || last - first >= MOST_NAMES) return badIndex(dim, text)
    return Array.from({ length: last - first + 1 }, (_, index) => String(first + index))
  }
  const letters = /^([A-Za-z])\s*-\s*([A-Za-z])$/.exec(text)
  if (letters !== null) {
    const [first, last] = [letterCode(letters[1]), letterCode(letters[2])]
    if (last < first) return badIndex(dim, text)
    return Array.from({ length: last - first + 1 }, (_, i) => String.fromCharCode(first + i))
  }
  const names = text.split(',').map((name) => name.trim())
  if (names.includes('') || names.length > MOST_NAMES) return badIndex(dim, text)
  return names.every((name, index) => name === String(index)) && names.length === count
    ? 'numbers'
    : names
}

const letterCode = (letter = '') => letter.charCodeAt(0)

function badIndex(dim: Said, text: string): undefined {
  const expected = 'expected a list such as 0-3, A-D or A,B,C'
  return refuse(dim, 'bad-index', `dimIndex is ${quote(text)}, ${expected}`, 'dimIndex')
}
