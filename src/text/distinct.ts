/** Each name once: a second `CR` is `CR_2`, or the first number after that which no other has. */
export function distinct(names: readonly string[]): string[] {
  const taken = new Set(names)
  const given = new Set<string>()
  return names.map((name) => {
    let one = name
    if (given.has(name)) {
      let number = 2
      do one = `${name}_${number++}`
      while (taken.has(one))
      taken.add(one)
    }
    given.add(one)
    return one
  })
}
