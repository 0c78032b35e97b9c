/**
 * What the prose of a description says that a load takes, where none of its data does: vendors' files
 * mark few effects, and tell of more.
 */
import type { Taking } from './names.ts'

/** Any text of this length, within one sentence, that is not about writing. */
const near = (most: number) => `(?:(?!\\bwrit|\\bW1C?\\b)[^.;]){0,${most}}`

const LOCK = /\bread[\s-]*lock\b/i

const CLEAR = new RegExp(
  [
    `\\bread(?:ing|s)?\\b${near(60)}\\bclear(?:s|ed)?\\b`,
    `\\bclear(?:s|ed)?\\b${near(16)}\\b(?:by|on|upon|when|after)\\b${near(24)}\\bread(?!ing (?:the|a|its)\\b)`,
    `\\bread[ -]to[ -]clear\\b`,
  ].join('|'),
  'i',
)

const DATA =
  /^(?:the )?(?:\w+ )?(?:receive[dr]?|rx)\b(?:(?!\b(?:address|interrupt|status|control|config\w*|threshold|level|count\w*|length|enable|mask|error|size|number|descriptor|pointer|timeout|filter|DMA|delay|mode|high|low|match)\b).){0,24}\b(?:data|holding|buffer)(?: read)? register\b/i

/** What a load of a register with this description may take. */
export function takenByWords(description: string | undefined): Taking | undefined {
  if (description === undefined) return undefined
  if (LOCK.test(description)) return 'may take a lock'
  if (clearedByWords(description)) return 'may clear flags'
  return DATA.test(description) ? 'may take data' : undefined
}

/** Whether a load clears something, by the description of a register or of one of its fields. */
export function clearedByWords(description: string | undefined): boolean {
  return description !== undefined && CLEAR.test(description)
}
