import type { Description } from '../../../inventory/describe.ts'
import { driverOf, type Fact, lengthOf, type Region } from '../../../inventory/region.ts'
import { mostAround } from '../../../inventory/tree.ts'
import { formatHex } from '../../../text/number.ts'
import { printable } from '../../../text/refuse.ts'
import { shownPlace } from '../format/address.ts'
import type { FactsOf } from './facts.ts'
import type { PciDetails } from './pci-details.ts'
import { memoryNotation, portNotation, type Row, rowLines } from './rows.ts'
import type { Style } from './style.ts'

/** What is shown of an address besides the regions that hold it. */
export interface AddressDetails {
  factsOf: FactsOf
  pci?: PciDetails
  numaNode?: number
}

/** Everything that is known of one address: one line that says it, the regions, and what else is known. */
export function addressLines(
  description: Description,
  details: AddressDetails,
  style: Style,
): string[] {
  const { space, address, found, places } = description
  const notation = space === 'memory' ? memoryNotation : portNotation
  const shown = space === 'memory' ? formatHex(address, 32) : `port:${formatHex(address)}`
  const rows = found.map(({ region, offset }, depth): Row => {
    const lead = depth === 0 ? '' : style.past.repeat(Math.min(depth, mostAround) - 1) + style.last
    const { others } = details.factsOf(region, found[depth - 1]?.region)
    return { region, lead, facts: { places: [`+${formatHex(offset)}`], others } }
  })
  const painted = places.map((place) => style.paint('place', printable(shownPlace(place))))
  return [
    `${style.paint('heading', shown)}  ${printable(summary(description))}`,
    ...rowLines(rows, notation, style, 2).map((line) => `  ${line}`),
    ...table([
      ...neighbourEntries(description, style),
      ...deviceEntries(
        found.flatMap(({ region }) => region.facts),
        details,
      ).map((cells) => cells.map(printable)),
      ...entry('places', painted),
    ]),
  ]
}

/** What it is, in a few words: the most telling name, and the offset in it. */
function summary({ found, space }: Description): string {
  const innermost = found.at(-1)
  if (innermost === undefined) return 'nothing is known to be there'
  if (innermost.region.kind === 'bus') {
    return `in ${innermost.region.name}, but no device is known to be there`
  }
  // What RAM is made from, such as a window of CXL, tells less than that it is RAM.
  const ram = found.findIndex(({ region }) => region.kind === 'ram')
  const inside = found.slice(Math.max(0, ram))
  const telling = inside.findLast(({ region }) => region.facts.some(isTelling)) ?? innermost
  const isBar = telling.region.facts.some(({ kind }) => kind === 'bar')
  // Of several names of one stretch, the outermost is what it is, and the others who claims it.
  const outermost = inside.find(({ region }) => lengthOf(region) === lengthOf(telling.region))
  const { region, offset } = isBar ? telling : (outermost ?? telling)
  const driver = driverOf(region) ?? driverOf(telling.region)
  const has = driver === undefined ? '' : ` (driver ${driver})`
  const distance = space === 'ports' ? `${offset}` : formatHex(offset)
  return `${nameOf(region)}${offset === 0 ? '' : ` + ${distance}`}${has}`
}

function isTelling(fact: Fact): boolean {
  return fact.kind !== 'node' || fact.use === 'device'
}

function nameOf({ facts, name }: Region): string {
  for (const fact of facts) {
    if (fact.kind === 'bar') return `BAR ${fact.bar} of ${fact.device}`
  }
  return name
}

function deviceEntries(facts: readonly Fact[], { pci, numaNode }: AddressDetails): string[][] {
  const compatible = facts.flatMap((fact) => {
    if (fact.kind !== 'node') return []
    const state = fact.enabled ? '' : ' (disabled)'
    return [[fact.path + state, ...fact.compatible].join('  ')]
  })
  const devices = facts.flatMap((fact) =>
    fact.kind === 'device' ? [`${fact.device} on the ${fact.bus} bus`] : [],
  )
  return [
    ...entry('device', [...(pci === undefined ? [] : [pci.text]), ...new Set(devices)]),
    ...entry('node', compatible),
    ...entry('NUMA node', numaNode === undefined ? [] : [`${numaNode}`]),
  ]
}

/** The name before the first of several lines. */
function entry(name: string, values: readonly string[]): string[][] {
  return values.map((value, index) => [index === 0 ? name : '', value])
}

function table(entries: readonly string[][]): string[] {
  const width = entries.reduce((most, [name = '']) => Math.max(most, name.length), 0)
  return entries.map(([name = '', value = '']) => `${name.padEnd(width)}  ${value}`)
}

function neighbourEntries({ below, above, address, space }: Description, style: Style): string[][] {
  const notation = space === 'memory' ? memoryNotation : portNotation
  const near = [
    ...(below === undefined
      ? []
      : [
          {
            name: 'below',
            region: below,
            remark: `ends ${notation.size(address - below.last)} before`,
          },
        ]),
    ...(above === undefined
      ? []
      : [
          {
            name: 'above',
            region: above,
            remark: `starts ${notation.size(above.start - address)} after`,
          },
        ]),
  ]
  const rows = near.map(({ region, remark }): Row => {
    return { region, lead: '', facts: { places: [], others: [] }, remark }
  })
  // Behind the names of the table.
  const before = 'NUMA node  '.length
  return rowLines(rows, notation, style, before).map((line, index) => [
    near[index]?.name ?? '',
    line,
  ])
}
