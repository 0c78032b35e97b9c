/** Peripherals: blocks whose registers are made when they are first asked for. */
import type { Width } from '../../base/width.ts'
import type { Block, Cluster, Extent, Register } from '../model.ts'
import { type Chain, saidText, saidWords } from './derive.ts'
import type { Reading } from './reading.ts'
import { BlockReader, type Inherited, inheritedBy } from './registers.ts'
import { repeatOf } from './repeat.ts'
import { Said } from './value.ts'
import { child, type Element, textOf } from './xml.ts'

/** The block of a peripheral; undefined, and an issue, where it cannot be determined. */
export function blockOf(
  reading: Reading,
  element: Element,
  device: Inherited,
  busWidth: Width | undefined,
): Block | undefined {
  const { file, derivations } = reading
  const name = textOf(element, 'name')
  const path = name ?? '?'
  // What it should have been derived from is missing: it is itself all the same.
  const chain: Chain = derivations.of(element, path) ?? [element]
  const of = new Said(file, chain, path)
  if (name === undefined) {
    of.fault('no-name', 'this peripheral has no name: it is left out')
    return undefined
  }
  const base = of.small('baseAddress')
  if (base === undefined) {
    if (!of.has('baseAddress')) of.fault('no-base', 'baseAddress is missing: it is left out')
    return undefined
  }
  const repeat = repeatOf(of, name)
  if (repeat === undefined) return undefined
  const description = saidWords(chain, 'description')
  const group = saidText(chain, 'groupName')
  const alternate = textOf(element, 'alternatePeripheral')
  let children: readonly (Register | Cluster)[] | undefined
  const block: Block = {
    name,
    ...(description === undefined ? {} : { description }),
    ...(group === undefined ? {} : { group }),
    base,
    extents: extentsOf(reading, chain, path),
    get children() {
      children ??= new BlockReader(reading, of, busWidth).read(inheritedBy(reading, of, device))
      return children
    },
    ...(repeat === 'none' ? {} : { repeat }),
    ...(alternate === undefined ? {} : { alternate }),
    ...(element.derivedFrom === undefined ? {} : { derivedFrom: element.derivedFrom }),
  }
  return file.keep(block, element)
}

const USAGES = ['registers', 'buffer', 'reserved'] as const

/** Those of the nearest element that has any. */
function extentsOf({ file }: Reading, chain: Chain, path: string): Extent[] {
  const source = chain.find((one) => child(one, 'addressBlock') !== undefined)
  const blocks = source?.children.filter(({ name }) => name === 'addressBlock') ?? []
  return blocks.flatMap((one) => {
    const of = new Said(file, [one], path)
    const [offset, length] = [of.small('offset'), of.small('size')]
    if (offset === undefined || length === undefined) {
      of.fault('bad-extent', 'this addressBlock has no offset and size: it is left out')
      return []
    }
    const word = textOf(one, 'usage')
    const usage = USAGES.find((known) => known === word)
    return [{ offset, length, ...(usage === undefined ? {} : { usage }) }]
  })
}
