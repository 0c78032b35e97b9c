/**
 * The candidate that a mistyped word most likely meant, or `undefined` when none is near. Upper
 * and lower case count as equal. A beginning that only one candidate has (`comp` for `compare`) is
 * near; otherwise about one mistake (a letter too many, too few, wrong, or two swapped) for every
 * three letters.
 */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  const wanted = word.toLowerCase()
  const names = [...candidates]
  let best: string | undefined
  let bestDistance = Number.POSITIVE_INFINITY
  for (const name of names) {
    const allowed = Math.max(1, Math.floor(Math.max(wanted.length, name.length) / 3))
    if (Math.abs(wanted.length - name.length) > allowed) continue
    const distance = editDistance(wanted, name.toLowerCase())
    if (distance > allowed || distance >= wanted.length || distance >= bestDistance) continue
    best = name
    bestDistance = distance
  }
  return best ?? onlyBeginning(wanted, names)
}

function onlyBeginning(wanted: string, names: string[]): string | undefined {
  if (wanted.length < 2) return undefined
  const longer = names.filter((name) => name.toLowerCase().startsWith(wanted))
  return longer.length === 1 ? longer[0] : undefined
}

/**
 * The fewest single-letter changes (insert, delete, replace, swap two neighbours) that turn `a`
 * into `b`: the optimal string alignment distance.
 */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let row = 1; row <= a.length; row++) {
    const current = [row]
    for (let column = 1; column <= b.length; column++) {
      const replaced = at(last, column - 1) + (a[row - 1] === b[column - 1] ? 0 : 1)
      let cost = Math.min(at(last, column) + 1, at(current, column - 1) + 1, replaced)
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
        cost = Math.min(cost, at(beforeLast, column - 2) + 1)
      }
      current.push(cost)
    }
    beforeLast = last
    last = current
  }
  return at(last, b.length)
}

function at(row: number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY
}
