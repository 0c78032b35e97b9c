const UNITS = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB']

/** A length for people: `12 bytes`, `4 KiB`, `1.5 MiB`. */
export function showSize(bytes: number): string {
  let unit = 0
  let value = bytes
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024
    unit++
  }
  if (bytes === 1) return '1 byte'
  return `${unit === 0 ? value : Number(value.toFixed(1))} ${UNITS[unit]}`
}
