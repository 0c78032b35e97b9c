/** Why a name means no register, or none alone. */

import type { RequestError } from '../base/errors.ts'
import { counted } from '../text/count.ts'
import { formatHex } from '../text/number.ts'
import { clip, quote, refusal } from '../text/refuse.ts'
import { nearest } from '../text/suggest.ts'
import { elementName, type Named, rangeName } from './element.ts'
import { fullName, type Match, type Miss, shownName } from './match.ts'
import type { Block, Cluster, Field, Register } from './model.ts'

/** So many names are listed where none is near. */
const MOST_LISTED = 8

/** No node has this name. */
export function unknown(
  nodes: readonly Named[],
  text: string,
  { what, within, prefix }: { what: string; within: string; prefix: string },
): RequestError {
  const wrong = `there is no ${what} ${quote(text)} in ${clip(within)}`
  const near = bitOf(nodes, text, what) ?? nearest(text, namesNear(nodes, text))
  if (near !== undefined) {
    const meant = clip(prefix + near)
    return refusal('ENOPLACE', { wrong, joint: ', ', meant, behind: '' }, text)
  }
  if (nodes.length === 0) return refusal('ENOPLACE', `${wrong}, which has none`, text)
  // Of a register all fields are on a page of the manual; a block may have thousands of registers.
  if (nodes.length > MOST_LISTED && what !== 'field') return refusal('ENOPLACE', wrong, text)
  const known = nodes.slice(0, MOST_LISTED).map((node) => clip(rangeName(node)))
  const rest = nodes.length - known.length
  const all = rest === 0 ? known.join(', ') : `${known.join(', ')} and ${rest} more`
  return refusal('ENOPLACE', `${wrong}: it has ${all}`, text, { known })
}

/** `CR[8]`, where CR is no array, as bit 8 of it. */
function bitOf(nodes: readonly Named[], text: string, what: string): string | undefined {
  const [, name = '', bit] = /^(.+)\[([0-9]+)\]$/.exec(text) ?? []
  const isName = (node: Named) => fullName(node).toLowerCase() === name.toLowerCase()
  const found = nodes.find((node) => node.repeat === undefined && isName(node))
  return found && what === 'register' ? `${fullName(found)}:${bit}` : undefined
}

/** All names; of what repeats the first, the last, and those with a number or name of the text. */
function* namesNear(nodes: readonly Named[], text: string): Generator<string> {
  const numbers = (text.match(/[0-9]{1,10}/g) ?? []).map(Number)
  for (const node of nodes) {
    const { repeat } = node
    if (repeat === undefined) yield fullName(node)
    else {
      const named = repeat.names?.findIndex((name) => text.endsWith(name)) ?? -1
      const indices = [...numbers, named, 0, repeat.count - 1]
      for (const index of new Set(indices)) {
        if (index < 0 || index >= repeat.count) continue
        const name = elementName(node, index)
        yield text.includes('[') ? name : name.replace(/\[(\d+)\]/, '$1')
      }
    }
  }
}

/** A number that no element has, or that means two. */
export function missed(miss: Miss<Named>, text: string, prefix: string): RequestError {
  const { node, meant } = miss
  const count = node.repeat?.count ?? 1
  const name = (index: number) => clip(prefix + elementName(node, index))
  if (meant.kind === 'either') {
    const { named, indexed } = meant
    const two = `element ${named}, of this name, and element ${indexed}`
    const cure = `write ${name(named)} or ${name(indexed)}`
    return refusal('EUSAGE', `${quote(prefix + text)} may mean ${two}: ${cure}`, text)
  }
  const last = count === 1 ? name(0) : `${name(0)} to ${name(count - 1)}`
  const has = `there ${count === 1 ? 'is' : 'are'} ${last}`
  return refusal('ERANGE', `there is no ${clip(prefix + text)}: ${has}`, text)
}

/** An array, where one element is to be named. */
export function wholeArray(node: Named, text: string, prefix: string): RequestError {
  const count = node.repeat?.count ?? 1
  const [first, last] = [elementName(node, 0), elementName(node, count - 1)]
  const such = count === 1 ? first : `${first} to ${last}`
  const wrong = `${clip(prefix + text)} is ${counted(count, 'element')}`
  return refusal('EUSAGE', `${wrong}: name one of them, ${clip(such)}`, text)
}

/** Several nodes have this name, and none is the alternate of the others. */
export function ambiguous(
  matches: readonly Match<Block | Cluster | Register | Field>[],
  text: string,
  { what, prefix }: { what: string; prefix: string },
): RequestError {
  const places = matches.map((match) => `${clip(shownName(match))} ${placeOf(match)}`)
  const shown = places.slice(0, MOST_LISTED)
  if (places.length > shown.length) shown.push(`${places.length - shown.length} more`)
  const last = shown.pop()
  const several = `${matches.length} ${what}s have the name ${clip(prefix + text)}`
  return refusal('EUSAGE', `${several}: ${shown.join(', ')} and ${last}`, text)
}

function placeOf({ node, index }: Match<Block | Cluster | Register | Field>): string {
  const elements = (index ?? 0) * (node.repeat?.stride ?? 0)
  if ('lsb' in node) return `at bit ${node.lsb + elements}`
  if ('offset' in node) return `at offset ${formatHex(node.offset + elements)}`
  return node.base === undefined ? 'without an address' : `at ${formatHex(node.base + elements)}`
}
