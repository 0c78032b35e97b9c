/** A word that the shell may offer. */
export interface Candidate {
  text: string
  description?: string
}
