/** The lines of those who look at bytes with hexdump, hd, xxd or od. */
import { isBytesFile } from './bytes-file.ts'

/** How much is shown, where it begins, and what is no matter; each with a value after it. */
const LENGTHS = ['-n', '-l', '-N']
const SKIPS = ['-s', '-j']
const OTHERS = ['-A', '-t', '-c', '-g', '-w']

/** `hexdump [-C] [-s OFFSET] [-n LENGTH] FILE`, and what the others have like it. */
export function hexdumpLines(name: string, words: readonly string[]): string[][] {
  let length = ''
  let skip = ''
  let file: string | undefined
  let bytes = name === 'hd'
  for (let at = 0; at < words.length; at++) {
    const [word = '', attached] = apart(name, words[at] ?? '')
    const value = () => attached ?? words[++at]
    // od's and hexdump's -w, and hexdump's -c, may stand alone.
    const takesValue = OTHERS.includes(word) && name !== 'hexdump' && word !== '-w'
    if (LENGTHS.includes(word)) length = `..+${value()}`
    else if (SKIPS.includes(word)) skip = `+${value()}`
    else if (takesValue) at++
    // More in one word, of which the last has a value.
    else if (name !== 'xxd' && /^-[bcCdovx]+[ns]/.test(word)) return []
    else if (word.startsWith('-')) bytes ||= /^-v?Cv?$/.test(word)
    else if (file === undefined) file = word
    else return []
  }
  if (file === undefined) return []
  const place =
    file === '/dev/mem' && skip !== ''
      ? `${skip.slice(1)}${length}`
      : `${isBytesFile(file) ? `file:${file}` : file}${skip}${length}`
  return [['dump', place, ...(bytes ? ['--width', '8'] : [])]]
}

/** An option and the value in the same word: `-n16`. */
function apart(name: string, word: string): string[] {
  const [, option, value] = /^(-[nlNsj])(.+)$/.exec(word) ?? []
  return option === undefined || value === undefined || (name === 'xxd' && word === '-ps')
    ? [word]
    : [option, value]
}
