/**
 * The largest of any number of numbers, and `least` where none is larger. `Math.max(...numbers)` puts each
 * on the stack, which has no room for those of a board that tells 200,000.
 */
export function largest(numbers: readonly number[], least = 0): number {
  let most = least
  for (const number of numbers) if (number > most) most = number
  return most
}

/** The smallest of any number of numbers, and `most` where none is smaller. */
export function smallest(numbers: readonly number[], most: number): number {
  let least = most
  for (const number of numbers) if (number < least) least = number
  return least
}
