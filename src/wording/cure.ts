import type { Cure, Line, Part, Remedy } from '../base/cure.ts'
import type { ErrorData } from '../base/error-data.ts'
import type { PhysmemErrorOptions } from '../base/errors.ts'
import { actLine, optionWord } from './command-line.ts'

/** Says one command line for the machine that a cure is about. */
export type LineWords = (line: Line) => string

/** For this machine: both kinds of line are for the shell that the reader has before him. */
const onThisMachine: LineWords = (line) => ('shell' in line ? line.shell : actLine(line))

/** A cure as a sentence. */
export function wordCure(cure: Cure, say: LineWords = onThisMachine): string {
  const parts = typeof cure === 'string' ? [cure] : cure
  return parts.map((part) => wordPart(part, say)).join('')
}

function wordPart(part: Part, say: LineWords): string {
  if (typeof part === 'string') return part
  if ('inOrder' in part) return part.inOrder.map(say).join(' && ')
  if ('option' in part) return optionWord(part.option, part.value)
  return say(part)
}

/** A remedy as the data of an error has it: only what is there is present. */
export function wordRemedy(
  { cure, cures, steps }: Remedy,
  say: LineWords = onThisMachine,
): Pick<ErrorData, 'cure' | 'cures' | 'steps'> {
  const all = (some: readonly Cure[]) => some.map((one) => wordCure(one, say))
  return {
    ...(cure === undefined ? {} : { cure: wordCure(cure, say) }),
    ...(cures === undefined ? {} : { cures: all(cures) }),
    ...(steps === undefined ? {} : { steps: all(steps) }),
  }
}

/**
 * The data and options of an error against which something helps: in the data in words for this
 * machine, and as it is for whoever words it for another.
 */
export function remedied(
  remedy: Remedy,
  data: ErrorData = {},
  options: PhysmemErrorOptions = {},
): [ErrorData, PhysmemErrorOptions] {
  if (remedy.cure === undefined) return [data, options]
  return [
    { ...data, ...wordRemedy(remedy) },
    { ...options, remedy },
  ]
}
