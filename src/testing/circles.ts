/** Files that cannot be put in an order in which imports point back only: those in circles, and above. */
export function inCircles(importsOf: ReadonlyMap<string, readonly string[]>): string[] {
  let left = [...importsOf.keys()]
  for (;;) {
    const rest = left.filter((file) => importsOf.get(file)?.some((one) => left.includes(one)))
    if (rest.length === left.length) return rest
    left = rest
  }
}
