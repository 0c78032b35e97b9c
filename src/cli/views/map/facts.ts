import type { Name, Names } from '../../../inventory/names.ts'
import { driverOf, type Region } from '../../../inventory/region.ts'
import { formatPlace } from '../../../place/place.ts'
import { behaviourWords } from './behaviour.ts'

/** The words of the last column: the places that name a region, then what else is known of it. */
export interface FactWords {
  places: string[]
  others: string[]
}

/** What is shown of a region inside another, without what is shown of that already. */
export type FactsOf = (region: Region, around: Region | undefined) => FactWords

/** What is known of a region of memory, besides its name. */
export function memoryFacts(region: Region, around: Region | undefined, names: Names): FactWords {
  const places = names.ofMemory(region).filter(({ scheme }) => scheme !== 'iomem')
  return { places: places.map(showName), others: otherFacts(region, around) }
}

/** In the map of a file, the file need not be named in every line. */
function showName(name: Name): string {
  const text = formatPlace(name)
  return name.scheme === 'dtb' ? text.slice(`dtb:${name.path}:`.length) : text
}

/** What is known of a stretch of ports. */
export function portFacts(region: Region, around: Region | undefined): FactWords {
  const bars = region.facts.flatMap((fact) =>
    fact.kind === 'bar' ? [`BAR ${fact.bar} of ${fact.device}`] : [],
  )
  return { places: [], others: [...bars, ...otherFacts(region, around)] }
}

function otherFacts(region: Region, around: Region | undefined): string[] {
  const words = region.facts.flatMap((fact) => {
    if (fact.kind === 'bar') return fact.prefetchable ? ['prefetchable'] : []
    if (fact.kind === 'node') return fact.enabled ? [] : ['disabled']
    if (fact.kind === 'board') {
      return behaviourWords(fact.what, fact.description).filter(Boolean)
    }
    return []
  })
  const driver = driverOf(region)
  // What is around may have many facts, and many regions in it: not looked at without need.
  if (driver === undefined || (around !== undefined && driverOf(around) === driver)) return words
  return [...words, `driver ${driver}`]
}
