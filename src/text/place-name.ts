/** How errors name what is not a parsed place: as the command line takes it. */

/**
 * What could be taken for `+OFFSET`, for bits, for the end of a range or for a part of an operator
 * (`>=`, `|=`), at the end of a subject.
 */
const looksLikeSuffix = /(?:[+:]|\.\.)[0-9]\w*$|[-!=<>+|&^]$/

/** The subject of a place, closed by `+0` where it would be read otherwise. */
export function closed(subject: string): string {
  return looksLikeSuffix.test(subject) ? `${subject}+0x0` : subject
}

/** A file or device node: `file:nofile`. */
export function filePlaceName(path: string): string {
  return `file:${closed(path)}`
}

/** A PCI function: `pci:0000:00:04.0`. */
export function pciPlaceName(address: string): string {
  return `pci:${address}`
}
