/**
 * The JSON of every document that physmem prints: a value of 64 bits is a string in hexadecimal,
 * because a JSON number of that size loses digits in most readers; bytes are a string of
 * hexadecimal digits; all else is what it looks like. All beyond ASCII is escaped: some terminals act
 * on control characters there, and some locales have none of it.
 */
export function toJson(document: unknown): string {
  const text = JSON.stringify(document, (_key, value: unknown) => {
    if (typeof value === 'bigint') return `0x${value.toString(16).padStart(16, '0')}`
    if (value instanceof Uint8Array) return Buffer.from(value).toString('hex')
    return value
  })
  return text.replace(
    /[\u007f-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
