import { sentence } from '../../base/cure.ts'
import { RefusedError, RequestError } from '../../base/errors.ts'
import { addressesHidden, type Resource, readIomem } from '../../linux/iomem.ts'
import type { System } from '../../linux/system.ts'
import { hiddenAddresses } from '../../refusal/iomem.ts'
import { formatAddress } from '../../text/number.ts'
import { quote } from '../../text/refuse.ts'
import { nearest } from '../../text/suggest.ts'
import { remedied, wordCure } from '../../wording/cure.ts'

/**
 * Where the resource of /proc/iomem with this name is. Throws ENOPLACE for a name that no resource has,
 * or several have; EPERMISSION where the kernel hides the addresses.
 */
export function iomemStretch(name: string, system: System): { address: number; length: number } {
  const { start, last } = theOne(name, readIomem(system.files), system)
  return { address: start, length: last - start + 1 }
}

function theOne(name: string, resources: readonly Resource[], system: System): Resource {
  const named = resources.filter((resource) => resource.name === name)
  if (named.length > 0 && addressesHidden(resources)) {
    const { code, reason, cure } = hiddenAddresses(system)
    const message = `the addresses in /proc/iomem are hidden: ${reason}`
    throw new RefusedError(code, message, cure === undefined ? {} : { cure: wordCure(cure) })
  }
  const [first, ...others] = named
  if (first === undefined) throw absentResource(name, resources)
  if (others.every(({ start, last }) => start === first.start && last === first.last)) return first
  const starts = named.slice(0, 4).map(({ start }) => formatAddress(start))
  const shown = named.length > starts.length ? `${starts.join(', ')}, …` : starts.join(', ')
  throw new RequestError(
    'ENOPLACE',
    `${named.length} resources of /proc/iomem are named ${quote(name)} (at ${shown}): give the address instead`,
    { input: name },
  )
}

function absentResource(name: string, resources: readonly Resource[]): RequestError {
  const meant = nearest(
    name,
    resources.map((resource) => resource.name),
  )
  const none = `no resource of /proc/iomem is named ${quote(name)}`
  const data = { input: name }
  if (meant !== undefined)
    return new RequestError('ENOPLACE', `${none}: did you mean ${quote(meant)}?`, data)
  const cure = sentence`${{ act: 'list' }} shows what there is`
  return new RequestError('ENOPLACE', none, ...remedied({ cure }, data))
}
