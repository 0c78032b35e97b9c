/**
 * What helps, as data: words, and in them command lines that are told apart. Who shows it says for
 * which machine they are, so that nothing here is spelled as a command line of physmem
 * (src/wording puts it into words).
 */

/** What physmem itself can do. A word in capitals is for the reader to choose. */
export type Act =
  | { act: 'build the module'; kernel?: string; headers?: string; output?: string; verbose?: true }
  | { act: 'load the module'; file?: string }
  | { act: 'unload the module' }
  | { act: 'manage the module' }
  | { act: 'bind a driver'; driver: string }
  | { act: 'allocate a buffer' }
  | { act: 'show the map' }
  | { act: 'list'; what?: string }
  | { act: 'list known chips' }
  | { act: 'translate' }
  | { act: 'read'; place?: string }

/** A line for the shell of the machine that the cure is about, as a privileged user gives it. */
export interface ShellLine {
  shell: string
}

export type Line = Act | ShellLine

/** An option of the command that was given, by its name: `force`, or `width` with a value of 8. */
export interface Option {
  option: string
  value?: string | number
}

/** Of `inOrder`, each line is given if the one before succeeded. */
export type Part = string | Line | Option | { inOrder: readonly Line[] }

/** Words alone are a text. */
export type Cure = string | readonly Part[]

/** All that is said of what helps against one refusal. */
export interface Remedy {
  /** What to do about it, one sentence: what is best first. */
  cure?: Cure
  /** The same as single steps that each help alone, in order of preference. */
  cures?: readonly Cure[]
  /** What the cure is made of, in this order: each a command line, and what is done then. */
  steps?: readonly Cure[]
}

export const shell = (line: string): ShellLine => ({ shell: line })

/** A cure of a sentence and what stands in it: sentence`load it: ${shell('modprobe msr')}`. */
export function sentence(words: TemplateStringsArray, ...between: readonly (Cure | Part)[]): Cure {
  const all = words.flatMap((text, index) => {
    const next = between[index]
    return next === undefined ? [text] : [text, ...partsOf(next)]
  })
  return together(all)
}

/** Several cures in one sentence, as in `A; or B`. */
export function joined(cures: readonly Cure[], by: string): Cure {
  return together(cures.flatMap((one, index) => [...(index === 0 ? [] : [by]), ...partsOf(one)]))
}

function partsOf(one: Cure | Part): readonly Part[] {
  return isCure(one) && typeof one !== 'string' ? one : [one as Part]
}

const isCure = (one: Cure | Part): one is Cure => typeof one === 'string' || Array.isArray(one)

/** Words that follow each other are one text. */
function together(parts: readonly Part[]): Cure {
  const result: Part[] = []
  for (const part of parts) {
    const last = result.at(-1)
    if (part === '') continue
    if (typeof part === 'string' && typeof last === 'string')
      result[result.length - 1] = last + part
    else result.push(part)
  }
  const [first = '', ...more] = result
  return typeof first === 'string' && more.length === 0 ? first : result
}
