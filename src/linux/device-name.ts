/**
 * `MAJOR:MINOR` of what stat() gives: include/linux/kdev_t.h, new_encode_dev(), which is the low 32
 * bits of the number that C libraries make of it.
 */
export function deviceName(number: number): string {
  const low = number % 2 ** 32
  const major = (low >>> 8) & 0xfff
  const minor = (low & 0xff) | ((low >>> 12) & 0xfff00)
  return `${major}:${minor}`
}
