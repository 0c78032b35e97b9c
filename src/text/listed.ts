/** Several in a sentence: `8, 16 and 32`. */
export function listed(items: readonly (string | number)[], last: 'and' | 'or'): string {
  return [items.slice(0, -1).join(', '), ...items.slice(-1)].filter(String).join(` ${last} `)
}
