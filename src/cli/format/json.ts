/**
 * The JSON of every document that physmem prints: a value of 64 bits is a string in hexadecimal,
 * because a JSON number of that size loses digits in most readers; bytes are a string of
 * hexadecimal digits; all else is what it looks like.
 */
export function toJson(document: unknown): string {
  return JSON.stringify(document, (_key, value: unknown) => {
    if (typeof value === 'bigint') return `0x${value.toString(16).padStart(16, '0')}`
    if (value instanceof Uint8Array) return Buffer.from(value).toString('hex')
    return value
  })
}
