/**
 * The JSON of every document that physmem prints: a value of 64 bits is a string in hexadecimal,
 * because a JSON number of that size loses digits in most readers; bytes are a string of
 * hexadecimal digits; all else is what it looks like. Control characters are escaped, those behind
 * ASCII too, which some terminals act on.
 */
export function toJson(document: unknown): string {
  const text = JSON.stringify(document, (_key, value: unknown) => {
    if (typeof value === 'bigint') return `0x${value.toString(16).padStart(16, '0')}`
    if (value instanceof Uint8Array) return Buffer.from(value).toString('hex')
    return value
  })
  return text.replace(
    /[\u007f-\u009f]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
