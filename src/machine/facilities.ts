/** What some machines have and others lack, in the words of a sentence about one that lacks it. */
const FACILITIES = [
  'processes',
  'page tables',
  'drivers',
  'kernel',
  'RAM to allocate',
  'caches',
  'PCI functions',
  'named places',
] as const

export type Facility = (typeof FACILITIES)[number]

/**
 * What the machine of a target has, as far as its kind tells: this machine may have all of it, a
 * simulated board is registers and memories alone. A text that is not a target has nothing.
 */
export function facilitiesOf(target: string): readonly Facility[] {
  return target === 'local' ? FACILITIES : []
}
