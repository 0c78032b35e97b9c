/** The text, of which a middle that makes it longer than `longest` characters is cut out. */
export function shorten(text: string, longest: number): string {
  if (text.length <= longest) return text
  const half = Math.floor(longest / 2) - 1
  return `${text.slice(0, half)}…${text.slice(-half)}`
}
