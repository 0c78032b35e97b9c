/** How long something took, with three digits: `38 us`, `1.24 ms`, `2.5 s`. */
export function showElapsed(us: number): string {
  const [value, unit] = us < 1000 ? [us, 'us'] : us < 1e6 ? [us / 1000, 'ms'] : [us / 1e6, 's']
  const digits = value < 10 ? 2 : value < 100 ? 1 : 0
  return `${Number(value.toFixed(unit === 'us' ? 0 : digits))} ${unit}`
}
