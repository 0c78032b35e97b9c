/** Several in a sentence: `8, 16 and 32`. */
export function listed(items: readonly (string | number)[], last: 'and' | 'or'): string {
  return items.join(', ').replace(/, (?!.*, )/, ` ${last} `)
}
