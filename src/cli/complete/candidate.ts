/** A word that the shell may offer. */
export interface Candidate {
  text: string
  description?: string
}

/** Whether a text begins with what was typed, in any case. */
export function beginsLike(text: string, typed: string): boolean {
  return text.slice(0, typed.length).toLowerCase() === typed.toLowerCase()
}
