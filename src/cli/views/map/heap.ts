/** Things of which the least is taken first. */
export class Heap<T> {
  readonly #isLess: (a: T, b: T) => boolean
  readonly #things: T[] = []

  constructor(isLess: (a: T, b: T) => boolean) {
    this.#isLess = isLess
  }

  push(thing: T): void {
    const things = this.#things
    let at = things.length
    while (at > 0) {
      const above = things[(at - 1) >>> 1] as T
      if (!this.#isLess(thing, above)) break
      things[at] = above
      at = (at - 1) >>> 1
    }
    things[at] = thing
  }

  /** Takes the least; `undefined` when nothing is left. */
  pop(): T | undefined {
    const things = this.#things
    const least = things[0]
    const last = things.pop()
    if (last === undefined || things.length === 0) return least
    let at = 0
    for (let below = 1; below < things.length; below = 2 * at + 1) {
      const [left, right] = [things[below] as T, things[below + 1]]
      const isRight = right !== undefined && this.#isLess(right, left)
      const less = isRight ? right : left
      if (!this.#isLess(less, last)) break
      things[at] = less
      at = isRight ? below + 1 : below
    }
    things[at] = last
    return least
  }
}
